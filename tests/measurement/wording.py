"""The rules of wording for the items of our own questionnaires, as a check of one text."""

import re


def listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


ALLOWED_WORDS = 14
ALLOWED_GRADE = 7.0
JOINING = listed("and or because but while unless although though")
DENYING = listed("""not never no one nobody none nor neither nothing nowhere without cannot
    hardly barely scarcely unable""")
COUNTING = listed("always often rarely seldom sometimes usually ever")
CLINICAL = listed("""codependent codependency dependent counterdependent attachment boundary
    boundaries enmeshed enmeshment trauma triggered toxic narcissist avoidant anxious intimacy
    intimate autonomy autonomous interdependent vulnerability dysfunctional symptom therapy""")
ASSUMING = listed("""he she him her his hers husband wife boyfriend girlfriend spouse partner man
    woman men women mother father son daughter married marriage couple lover dating sex""")
PAST = listed(
    """had was were felt lost stuck cut went hid spoke made kept told let did knew put gave
    said saw took could"""
)
SELF = listed("i me my mine myself")
OTHERS = listed("someone people")


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def syllables(word: str) -> int:
    """Count the sounded vowels, near enough for the reading grade of a short sentence."""
    word = re.sub(r"[^a-z]", "", word.lower()).replace("someone", "somewun")
    word = re.sub(r"^some(?=.)", "som", word)
    word = re.sub(r"(?<=[eiy])ing$", "-ing", word)  # be-ing
    word = re.sub(r"(?<=[^aeioutd])ed$", "d", word)  # closed, but want-ed
    word = re.sub(r"(?<=[^aeiousxzh])es$", "s", word)  # times, but dish-es
    word = re.sub(r"(?<=[^aeioul])e$|(?<=[aeiou]l)e$|(?<=[aeou])re$", "", word)  # close, ta-ble
    return max(1, len(re.findall(r"[aeiouy]+", word)))


def reading_grade(text: str) -> float:
    """Flesch-Kincaid grade of one sentence: 0.39 words + 11.8 syllables per word - 15.59."""
    found = words(text)
    return 0.39 * len(found) + 11.8 * sum(map(syllables, found)) / len(found) - 15.59


def broken_rules(text: str) -> list[str]:
    """Name the rules of wording that an item breaks; an empty list is a good item."""
    found = words(text)
    held = set(found)
    rules = {
        "one idea": not held.intersection(JOINING) and not re.search(r"[/;:()]", text),
        "no denial": not held.intersection(DENYING) and "n't" not in text,
        "no frequency word": not held.intersection(COUNTING),
        "plain words": not held.intersection(CLINICAL),
        "open to everyone": not held.intersection(ASSUMING),
        "behaviour": not re.search(r"\bI am\b|\bI'm\b|\bperson who\b|\bkind of person\b", text),
        "first person": bool(held & SELF),
        "past tense": any(word in PAST or word.endswith("ed") for word in found),
        "short": len(found) <= ALLOWED_WORDS,
        "easy": reading_grade(text) <= ALLOWED_GRADE,
        "one sentence": text.count(".") == 1 and text.endswith(".") and text[0].isupper(),
    }
    return [name for name, kept in rules.items() if not kept]
