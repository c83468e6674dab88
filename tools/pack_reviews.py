"""Make assets/data/reviews from the texts of the VADER study: cleaned, without rude ones, split once for all.

The source distribution of vaderSentiment 3.3.2 on PyPI holds them, in
additional_resources/hutto_ICWSM_2014.tar.gz:

python -m tools.pack_reviews FOLDER
"""

import argparse
import hashlib
import html
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from dlviz.data import reviews
from dlviz.data.reviews import Review
from dlviz.data.typography import make_plain

SOURCES = {"film": "movieReviewSnippets", "product": "amazonReviewSnippets", "tweet": "tweets"}
# Texts of each kind that are positive or negative, at the least.
TESTED, VALIDATED = 550, 350
ALIKE = 0.7  # of two texts' words, each counted once: share of both among those of either
LEAST = 2  # words

NAMELESS = re.compile(r"(?:RT )?@anonymous:?|https?://\S*|(?:www\.|bit\.ly)\S*|#(?=\w)")
DASH = re.compile(r" {3,}")  # the study wrote them so
# What is no reading for a classroom. Mild words, such as damn and crap, stay.
STRONG = re.compile(
    r"""\b(?:
    \w*f+u+c+k\w* | \w*fuck\w* | \w*shit\w* | \w*bitch\w* | cunt\w* | bastard\w* |
    ass(?:es|hole\w*|hat\w*)? | arse\w* | dick(?:s|ing|head\w*)? | cocks? | puss(?:y|ies) | slut\w*
    | whor\w* | hoe\w* | fag(?:s|got\w*)? | \w*nigg(?:a|er)\w* | retard\w* |
    rap(?:e|es|ed|ist\w*|ing) | porn\w* | sperm | semen | boner\w* | tits? | \w*boob\w* | penis\w* |
    vagina\w* | mastur\w* | orgasm\w* | horny | dildo\w* | anal | blowjob\w* | \w*piss\w* | wtf |
    stfu | lmf?ao | tranny | homos? | douche\w* | wank\w* | bollocks | hitler\w* | nazi\w* |
    \w*sex\w* | nud(?:e|es|ity) | \w*erotic\w* | suicid\w* | turds? | cocaine | kush |
    f[*#@-]+(?:k|ing)\w* | s[*#@-]+t | b[*#@-]+h | effin\w* | freakin\w* | strippers? | hooker\w* |
    prostitut\w* | incest\w* | pedophil\w* | molest\w* | genital\w* | ejaculat\w* | threesome\w* |
    bloody\ hell | gang\ bang\w* | terrorist\w* | muslims? | jews? | islam\w*
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Names in tweets, whose writers speak of people whom they know. Film reviews name those who made the film.
NAMED = frozenset(
    re.findall(
        r"\w+",
        """
        Aaron Abbey Adam Aine Alayna Alex Alison Allen Allie Amma Amy Ana Andrew Anita Ann Anna
        Arianna Armond Ashvin Assange Bachmann Bailey Baylor Beatty Bella Ben Bennett Beverly Bill
        Blair Bo Brendon Brett Brian Brooker Burns Butler Cabrera Cain Caleb Calvin Casey Cassius
        Cerys Chad Charles Charlie Chase Chris Christian Christopher Chuck Cicero Colbert Cole
        Coleman Colin Connie Conner Corbiel Corey Cris Cronin Crowley Cutler Cynthia Damien Dan
        Danny Dave David Deandre Deborah Dermot Devi Dianna Diego Donna Dora Douglas Edwin Eileen
        Elliot Emery Emily Eric Erik Evan Evander Fieri Fickell Florence Frank Franklin Gallagher
        Gary George Gerard Gilbert Gillard Glavine Glenn Goodman Greer Greg Guthrie Guy Gwen Gwyneth
        Hannah Harley Hattie Heather Heemy Helen Hemming Henrietta Herman Houston Hugh Hugo Humberto
        Isaac Jack Jackson Jaimie Jake James Jamie Janika Janiya Jarvis Jason Jayne Jeff Jeffrey Jeg
        Jen Jenni Jennifer Jenny Jerry Jes Jesse Jill Jim Jimmy Joe John Johnny Jon Jonah Jones
        Jordan Josh Julia Julianne Julio Justin Kanako Kane Kate Katie Kei Keillor Keira Keith Kelly
        Ken Kenan Kevin Kit Kristian Kristin Kurtis Kya Kyle Kylie Lane Laurel Laurence Laurie
        Lechner Leela Leo Leon Leslie Letterman Levi Lewis Lily Linehan Lisa Logan Lola Lori Louis
        Louise Lucic Lulu Luther Lynn Machan Maddox Maddy Madeline Madolora Maggie Malveaux Manford
        Marcus Mariellen Marina Mark Marsha Martin Marty Mary Matt Max Megan Meg Melanie Michael
        Miche Mike Mikey Miller Milly Missy Mitch Molly Moniqua Monroe Moshe Muhammad Murali Murphy
        Nagawa Nash Nate Neil Nick Nicole Nielsen Niko Nilekani Noel Nora Olsen Omid Oscar Palmer
        Patrick Patti Patton Paul Paxman Peter Peters Pettway Phil Pierre Piers Piper Quinn Raeburn
        Ray Reggie Richard Richie Rick Rob Robert Robinson Rohan Ron Ronan Rosie Roy Royce Rufus
        Ryan Sadie Sam Sammy Samwell Sandra Sara Sarah Schwartz Scott Serna Seth Sheila Shepard
        Shiflett Simmons Singhi Siya Solona Sophie Spencer Stephen Steve Steven Stevens Susannah
        Sydney Taylor Terry Tiff Tim Timothy Todd Tom Trent Tuchman Turenne Val Vanessa Vera Vince
        Wendy Whitman Whitney Wilde William Williams Wills Wilkins Yunel Zeke Zoe
        """,
    )
)
DIGITS = re.compile(r"\d{3}[-. ]?\d{3}[-. ]?\d{4}")  # of a telephone


def clean(text: str) -> str:
    """Write a text of the study as it would be typed, without entities and the places of removed names."""
    text = DASH.sub(" - ", html.unescape(text).strip())
    text = " ".join(NAMELESS.sub(" ", text.replace("''", '"')).split())
    if len(text) > 2 and text[0] == text[-1] == "'" and text.count("'") == 2:
        text = text[1:-1]
    return " ".join(make_plain(text).strip(" -:").split())


def words(text: str) -> list[str]:
    """Words of a text in lower case, without its marks."""
    return re.findall(r"[^\W_]+", text.lower().replace("'", ""))


def read(folder: Path) -> list[Review]:
    """Read the three files and clean their texts; all of them still belong to training."""
    found = []
    for kind, name in SOURCES.items():
        content = (folder / f"{name}_GroundTruth.txt").read_text(encoding="utf-8")
        for line in content.splitlines():
            number, rating, text = line.split("\t")
            found.append(Review(f"{kind}-{number}", kind, "training", round(float(rating), 2), clean(text)))
    return found


def drop(found: Iterable[Review]) -> tuple[list[Review], Counter[str]]:
    """Leave out what is no sentence, said twice, rude or names a person, and count why."""
    kept, reasons, seen = [], Counter[str](), set[tuple[str, ...]]()
    for each in found:
        key = tuple(words(each.text))
        if len(key) < LEAST:
            reasons["fewer than two words"] += 1
        elif key in seen:
            reasons["the same words as another"] += 1
        elif STRONG.search(each.text):
            reasons["strong language"] += 1
        elif each.kind == "tweet" and (
            NAMED & set(re.findall(r"\b[A-Z][a-z]+", each.text)) or DIGITS.search(each.text)
        ):
            reasons["a person's name or number"] += 1
        else:
            kept.append(each)
            seen.add(key)
    return kept, reasons


def group(found: Sequence[Review]) -> list[list[Review]]:
    """Group sentences that belong together: near duplicates, and the sentences of one product review."""
    root = list(range(len(found)))

    def find(at: int) -> int:
        while root[at] != at:
            root[at] = root[root[at]]
            at = root[at]
        return at

    sets = [set(words(each.text)) for each in found]
    frequency = Counter(word for each in sets for word in each)
    holders: dict[str, list[int]] = defaultdict(list)
    for at, each in enumerate(sets):
        # Two sets that share so much have one of these rarest words in common.
        rarest = sorted(each, key=lambda word: (frequency[word], word))
        for word in rarest[: int((1 - ALIKE) * len(each)) + 1]:
            for other in holders[word]:
                if len(each & sets[other]) >= ALIKE * len(each | sets[other]):
                    root[find(at)] = find(other)
            holders[word].append(at)
    first: dict[str, int] = {}
    for at, each in enumerate(found):
        if each.kind == "product":
            root[find(at)] = find(first.setdefault(each.name.split("_")[0], at))
    groups: dict[int, list[Review]] = defaultdict(list)
    for at, each in enumerate(found):
        groups[find(at)].append(each)
    return list(groups.values())


def split(groups: Iterable[Sequence[Review]]) -> list[Review]:
    """Give each group to a part, test and validation first, in an order that checksums of names decide."""
    counts: Counter[tuple[str, str]] = Counter()
    placed = []
    for each in sorted(groups, key=lambda group: hashlib.sha256(group[0].name.encode()).hexdigest()):
        kind = each[0].kind
        part = "training"
        if counts[kind, "test"] < TESTED:
            part = "test"
        elif counts[kind, "validation"] < VALIDATED:
            part = "validation"
        for review in each:
            counts[review.kind, part] += review.label is not None
            placed.append(replace(review, part=part))
    return placed


def main(folder: Path) -> None:
    """Make the file, and say what was left out."""
    found = read(folder)
    order = {each.name: at for at, each in enumerate(found)}
    kept, reasons = drop(found)
    placed = sorted(split(group(kept)), key=lambda each: order[each.name])
    reviews.write(placed)
    for reason, count in reasons.most_common():
        print(f"left out, {reason}: {count:,}")
    counts = Counter((each.part, each.kind, each.label) for each in placed)
    for part in reviews.PARTS:
        for kind in reviews.KINDS:
            print(
                part,
                kind,
                {
                    name: counts[part, kind, key]
                    for name, key in (("positive", 1), ("negative", 0), ("neutral", None))
                },
            )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="where the three files lie")
    main(parser.parse_args().folder)
