"""Calendar files for tests: made up, each in the manner of one program that writes such files."""

from __future__ import annotations


def calendar(*parts: str) -> bytes:
    """A file with these events, with the line ends that the format asks for."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tests//Calendar//EN"]
    for part in parts:
        lines += part.strip().splitlines()
    lines.append("END:VCALENDAR")
    return "".join(f"{line.strip()}\r\n" for line in lines).encode()


def event(uid: str = "one", start: str = "20261105T100000", *lines: str, **named: str) -> str:
    """One event of 50 minutes in London; ``named`` are further properties ("summary")."""
    stamp = f"DTSTART;TZID=Europe/London:{start}" if "T" in start else f"DTSTART:{start}"
    given = [f"{name.upper()}:{value}" for name, value in named.items()]
    return "\n".join(
        ["BEGIN:VEVENT", f"UID:{uid}", stamp, "DURATION:PT50M", *given, *lines, "END:VEVENT"]
    )


# In the manner of Google: times of single events in UTC, weekly ones in a named zone, UNTIL in UTC,
# an exception as EXDATE, a moved time with its RECURRENCE-ID, long lines folded.
GOOGLE = b"""\
BEGIN:VCALENDAR\r
PRODID:-//Example Inc//Example Calendar 70.9054//EN\r
VERSION:2.0\r
CALSCALE:GREGORIAN\r
METHOD:PUBLISH\r
X-WR-CALNAME:ada@example.org\r
X-WR-TIMEZONE:Europe/London\r
BEGIN:VTIMEZONE\r
TZID:Europe/London\r
X-LIC-LOCATION:Europe/London\r
BEGIN:DAYLIGHT\r
TZOFFSETFROM:+0000\r
TZOFFSETTO:+0100\r
TZNAME:GMT+1\r
DTSTART:19700329T010000\r
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r
END:DAYLIGHT\r
BEGIN:STANDARD\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0000\r
TZNAME:GMT\r
DTSTART:19701025T020000\r
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r
END:STANDARD\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
DTSTART;TZID=Europe/London:20261105T100000\r
DTEND;TZID=Europe/London:20261105T105000\r
RRULE:FREQ=WEEKLY;UNTIL=20261203T235959Z;BYDAY=TH\r
EXDATE;TZID=Europe/London:20261119T100000\r
DTSTAMP:20261101T080000Z\r
UID:weekly0001@example.org\r
CREATED:20261001T080000Z\r
DESCRIPTION:Every Thursday. Client C-104.\\nJoin by video: https://meet.example\r
 .org/abc-defg-hij\r
LAST-MODIFIED:20261101T080000Z\r
SEQUENCE:1\r
STATUS:CONFIRMED\r
SUMMARY:Session\r
TRANSP:OPAQUE\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART;TZID=Europe/London:20261113T140000\r
DTEND;TZID=Europe/London:20261113T145000\r
DTSTAMP:20261101T080000Z\r
UID:weekly0001@example.org\r
RECURRENCE-ID;TZID=Europe/London:20261112T100000\r
SEQUENCE:2\r
STATUS:CONFIRMED\r
SUMMARY:Session\r
DESCRIPTION:Every Thursday. Client C-104.\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART:20261104T130000Z\r
DTEND:20261104T135000Z\r
DTSTAMP:20261101T080000Z\r
UID:single0002@example.org\r
STATUS:CONFIRMED\r
SUMMARY:C-105 first talk\\, room 2\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART;VALUE=DATE:20261224\r
DTEND;VALUE=DATE:20261227\r
UID:days0003@example.org\r
SUMMARY:Christmas\r
END:VEVENT\r
BEGIN:VEVENT\r
DTSTART:20261106T090000Z\r
DTEND:20261106T095000Z\r
UID:off0004@example.org\r
STATUS:CANCELLED\r
SUMMARY:C-105\r
END:VEVENT\r
END:VCALENDAR\r
"""

# In the manner of Outlook: Windows names of zones, its own VTIMEZONE, the client in a category,
# a title with an escaped comma, an alarm with a description of its own.
OUTLOOK = b"""\
BEGIN:VCALENDAR\r
PRODID:-//Example Corporation//Desk 16.0 MIMEDIR//EN\r
VERSION:2.0\r
METHOD:PUBLISH\r
X-MS-OLK-FORCEINSPECTOROPEN:TRUE\r
BEGIN:VTIMEZONE\r
TZID:GMT Standard Time\r
BEGIN:STANDARD\r
DTSTART:16011028T020000\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:-0000\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:16010325T010000\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r
TZOFFSETFROM:-0000\r
TZOFFSETTO:+0100\r
END:DAYLIGHT\r
END:VTIMEZONE\r
BEGIN:VEVENT\r
CATEGORIES:C-104,Blue category\r
CLASS:PRIVATE\r
CREATED:20261001T080000Z\r
DESCRIPTION:\\n\r
DTEND;TZID="GMT Standard Time":20261201T095000\r
DTSTAMP:20261101T080000Z\r
DTSTART;TZID="GMT Standard Time":20261201T090000\r
LAST-MODIFIED:20261101T080000Z\r
PRIORITY:5\r
RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=1TU\r
SEQUENCE:0\r
SUMMARY;LANGUAGE=en-gb:Supervision\\, then session\r
TRANSP:OPAQUE\r
UID:040000008200E00074C5B7101A82E00800000000\r
X-MICROSOFT-CDO-BUSYSTATUS:BUSY\r
BEGIN:VALARM\r
TRIGGER:-PT15M\r
ACTION:DISPLAY\r
DESCRIPTION:C-999\r
END:VALARM\r
END:VEVENT\r
END:VCALENDAR\r
"""

# In the manner of Apple: line ends of Unix, a folded letter, a time without a zone, a duration
# in place of an end, a byte order mark.
APPLE = (
    b"\xef\xbb\xbf"
    + """\
BEGIN:VCALENDAR
METHOD:PUBLISH
VERSION:2.0
X-WR-CALNAME:Praxis
PRODID:-//Example Inc.//Macintosh OS X 14.5//EN
X-APPLE-CALENDAR-COLOR:#34AADC
CALSCALE:GREGORIAN
BEGIN:VEVENT
CREATED:20261001T080000Z
UID:7C0E5B6A-1111-4222-8333-444455556666
DURATION:PT1H
TRANSP:OPAQUE
X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC
SUMMARY:Gespräch mit Mü
DTSTART:20261110T170000
SEQUENCE:1
END:VEVENT
END:VCALENDAR
""".encode().replace("ü\n".encode(), b"\xc3\n \xbc C-104\n")
)
