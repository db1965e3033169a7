class DefinitionError(ValueError):
    """The file is not a usable instrument; `problems` holds one sentence for each fault found."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))
