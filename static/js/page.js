// What every page of the practice gets on top of working HTML: shortcuts, menus, theme, copy, unsaved work.
import "./shortcuts.js";
import "./theme.js";
import "./copy.js";
import "./guard.js";
