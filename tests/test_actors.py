"""Who is named where, who stands behind whom, and what is wrong with a user's file."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from detector.actors import Actor, ActorTable, Mention, Tie
from detector.actors.reader import COLUMNS
from detector.actors.table import DATA, SHIPPED
from detector.errors import ActorsError, InputError

HEADER = ",".join(COLUMNS)


@pytest.fixture(scope="module")
def table() -> ActorTable:
    return ActorTable.load()


@pytest.fixture
def own(tmp_path: Path):
    """Loads the shipped actors together with the lines of a user's file."""

    def load(*lines: str, header: str = HEADER) -> ActorTable:
        file = tmp_path / "mine.csv"
        file.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
        return ActorTable.load(file)

    return load


def named(table: ActorTable, text: str, date: str | None = None) -> list[tuple[str, str]]:
    return [(text[m.start : m.end], m.actor) for m in table.mentions(text, date)]


# --- mentions


@pytest.mark.parametrize(
    ("text", "surface", "actor", "form"),
    [
        ("It was Iran that objected.", "Iran", "Iran", "name"),
        ("The U.S. objected.", "U.S.", "United States", "name"),
        ("Iranians objected.", "Iranians", "Iran", "demonym"),
        ("The Kremlin objected.", "Kremlin", "Russia", "metonym"),
        ("Brussels objected.", "Brussels", "European Union", "metonym"),
        ("The IAEA objected.", "IAEA", "IAEA", "name"),
        ("Saudi Aramco objected.", "Saudi Aramco", "Saudi Aramco", "name"),
        ("The IRGC objected.", "IRGC", "Islamic Revolutionary Guard Corps", "name"),
        ("IRAN OBJECTS", "IRAN", "Iran", "name"),
    ],
)
def test_an_actor_is_found_by_each_kind_of_form(table, text, surface, actor, form):
    (mention,) = table.mentions(text)
    assert text[mention.start : mention.end] == surface
    assert (mention.actor, mention.form) == (actor, form)


def test_mentions_come_in_order_and_do_not_overlap(table):
    mentions = table.mentions("Moscow and Beijing told the UN Security Council; Paris did not.")
    assert [m.actor for m in mentions] == ["Russia", "China", "UN Security Council", "France"]
    assert all(a.end <= b.start for a, b in pairwise(mentions))


@pytest.mark.parametrize(
    ("text", "actors"),
    [
        ("Guinea-Bissau and Guinea", ["Guinea-Bissau", "Guinea"]),
        ("South Sudan left Sudan", ["South Sudan", "Sudan"]),
        ("Papua New Guinea", ["Papua New Guinea"]),
        ("Nigeriens are no Nigerians", ["Niger", "Nigeria"]),
        (
            "the Congo, Congo-Brazzaville",
            ["Democratic Republic of the Congo", "Republic of the Congo"],
        ),
    ],
)
def test_the_longest_form_wins(table, text, actors):
    assert [m.actor for m in table.mentions(text)] == actors


def test_a_longer_form_that_stops_within_a_word_does_not_hide_a_shorter_one(own):
    table = own("Redland,country,Redland K,,,,,,,", "Redland Kith,company,,,,,,,,")
    assert named(table, "Redland Khorasan") == [("Redland", "Redland")]


@pytest.mark.parametrize(
    "text", ["Iranology", "xIran", "Iran2", "_Iran", "Komalian", "tell us who", "US$5", "a turkey"]
)
def test_forms_stop_at_word_bounds_and_keep_their_case(table, text):
    assert table.mentions(text) == []


@pytest.mark.parametrize(
    "text",
    ["Iran's", "Iran\u2019s", "(Iran)", "Iran-backed", "US-Iran", "\u201cIran\u201d", "#Iran"],
)
def test_possessives_hyphens_and_quotes_are_bounds(table, text):
    assert "Iran" in [m.actor for m in table.mentions(text)]


@pytest.mark.parametrize(
    ("text", "surface"),
    [
        ("Côte d\u2019Ivoire said", "Côte d\u2019Ivoire"),
        ("Cote d'Ivoire said", "Cote d'Ivoire"),
        ("Co\u0302te d'Ivoire said", "Co\u0302te d'Ivoire"),
        ("the United\nStates said", "United\nStates"),
        ("the United\r\nStates said", "United\r\nStates"),
        ("the United\u00a0States said", "United\u00a0States"),
        ("Guinea\u2011Bissau said", "Guinea\u2011Bissau"),
        ("in Bogota\u0301, said", "Bogota\u0301"),
    ],
)
def test_spelling_variants_match_and_the_offsets_give_the_text_as_read(table, text, surface):
    assert [found for found, _ in named(table, text)] == [surface]


@pytest.mark.parametrize(
    "before",
    [
        "قالت طهران إن ",
        "\u200fאמרה ",
        "🇮🇷🚀👩‍👩‍👧 ",
        "e\u0301e\u0301 ",
        "𝕬𝖇 ",
        "\ud800 ",
        "日本語。",
        "\ufeff",
    ],
)
def test_offsets_are_code_points_whatever_stands_before(table, before):
    text = before + "Iran and Russia"
    assert named(table, text)[-2:] == [("Iran", "Iran"), ("Russia", "Russia")]


def test_an_empty_text_has_no_mentions(table):
    assert table.mentions("") == []


@pytest.mark.parametrize(
    "text",
    [
        "the Minsk agreements",
        "the Gulf of Mexico",
        "Latin American farmers",
        "Michael Jordan scored",
        "Then Jordan Smith scored",
        "Syrian villagers",
        "pro-Russian protesters",
        "LET US KNOW WHO PAID",
        "the Amazon rainforest",
    ],
)
def test_forms_that_name_something_else_here_are_no_mentions(table, text):
    assert table.mentions(text) == []


@pytest.mark.parametrize(
    "text", ["Jordan said no", "Jordan Closes Its Border", "Jordan King Hussein"]
)
def test_a_state_that_is_also_a_given_name_is_still_found(table, text):
    assert table.mentions(text)[0].actor == "Jordan"


# --- persons

PERSONS = (
    "Redland,country,,,,,,,,",
    "Blueland,country,,,,,,,,",
    "Ana Quixby,person,,,,Redland,represents,2010,2015,",
    "Ben Quixby,person,,,,Redland,represents,2016,,",
    "Cara Zorvan,person,,,,Redland,represents,2010,2015,",
    "Dora Zorvan,person,,,,Blueland,represents,2016,,",
    "Ed Vemblin,person,,,,Redland,represents,2010,,",
    "Fay al-Mostrel,person,,,,Redland,represents,2010,,",
    "Gus bin Trovek,person,,,,Redland,represents,2010,,",
    "Hal Brown,person,,,,Redland,represents,2010,,",
    "Zhen Lo Pei,person,,,,China,represents,2010,,",
    "Ivo Nam Kertz,person,,,Nam,Redland,represents,2010,,",
)


@pytest.mark.parametrize(
    ("text", "date", "expected"),
    [
        ("Ed Vemblin spoke.", None, ["Ed Vemblin"]),
        ("President Vemblin spoke.", None, ["Ed Vemblin"]),
        ("On Monday Vemblin spoke.", None, ["Ed Vemblin"]),
        ("Olga Vemblin spoke.", None, []),
        ("the O'Vemblin case", None, []),
        ("Vemblin Street", None, []),
        ("Quixby spoke.", None, ["Ana Quixby"]),
        ("Quixby spoke.", "2020-05-01", ["Ben Quixby"]),
        ("Zorvan spoke.", None, []),
        ("Zorvan spoke.", "2012", ["Cara Zorvan"]),
        ("Dora Zorvan came. Zorvan spoke.", "2012", ["Dora Zorvan", "Dora Zorvan"]),
        ("Cara Zorvan met Dora Zorvan. Zorvan left.", None, ["Cara Zorvan"] + ["Dora Zorvan"] * 2),
        ("Mostrel and al-Mostrel spoke.", None, ["Fay al-Mostrel"] * 2),
        ("Prince bin Trovek spoke; a Trovek.", None, ["Gus bin Trovek"]),
        ("Brown paper.", None, []),
        ("Hal Brown came. Then Brown spoke.", None, ["Hal Brown"] * 2),
        ("Zhen spoke, Pei did not.", None, ["Zhen Lo Pei"]),
        ("Nam spoke, Kertz did not.", None, ["Ivo Nam Kertz"]),
    ],
)
def test_whom_a_surname_stands_for(own, text, date, expected):
    mentions = own(*PERSONS).mentions(text, date)
    assert [m.actor for m in mentions] == expected
    assert all(m.form == "person" for m in mentions)


def test_a_state_goes_before_a_surname(own):
    table = own("Ed Redland,person,,,,Blueland,represents,,,", *PERSONS[:2])
    assert table.mentions("Redland spoke.")[0].form == "name"


def test_a_person_acts_for_whom_he_or_she_represents(own):
    person = own(*PERSONS).get("ana quixby")
    assert [tie.patron for tie in person.acts_for] == ["Redland"]


# --- look-up


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("iran", "Iran"),
        ("  ISLAMIC REPUBLIC  of Iran ", "Iran"),
        ("Türkiye", "Turkey"),
        ("turkiye", "Turkey"),
        ("cote d’ivoire", "Ivory Coast"),
        ("usa", "United States"),
        ("u.s.", "United States"),
        ("the United States", "United States"),
        ("DR Congo", "Democratic Republic of the Congo"),
        ("International Atomic Energy Agency", "IAEA"),
        ("x", "X"),
    ],
)
def test_names_are_looked_up_however_they_are_spelt(table, name, actor):
    assert table.get(name).name == actor


def test_an_unknown_name_gives_nothing(table):
    assert table.get("Ruritania") is None
    assert table.patrons("Ruritania") == ()


# --- ties


@pytest.mark.parametrize(
    ("since", "until", "date", "holds"),
    [
        ("2012", "2015", None, True),
        ("2012", "2015", "2011-12-31", False),
        ("2012", "2015", "2012-01-01", True),
        ("2012", "2015", "2015-12-31", True),
        ("2012", "2015", "2016", False),
        ("2012-06-15", "", "2012", True),
        ("2012-06-15", "", "2012-06", True),
        ("2012-06-15", "", "2012-06-14", False),
        ("", "2012-06", "2012-06-30", True),
        ("", "2012-06", "2012-07-01", False),
        ("", "", "1066", True),
    ],
)
def test_a_tie_holds_between_its_dates_inclusive(own, since, until, date, holds):
    table = own(f"Red Guards,armed_group,,,,Iran,arms,{since},{until},Report (2013)")
    expected = Tie("Iran", "arms", since or None, until or None, "Report (2013)")
    assert table.patrons("red guards", date) == ((expected,) if holds else ())


@pytest.mark.parametrize("date", ["yesterday", "2017-13", "2017-02-30", "17-01-01"])
def test_a_date_that_is_none_is_refused(table, date):
    with pytest.raises(InputError, match=re.escape(repr(date))):
        table.patrons("Iran", date)
    with pytest.raises(InputError):
        table.mentions("Iran", date)


# --- the user's file


def test_rows_of_one_name_merge(own):
    actor = own(
        "Red Guards,armed_group,RG;Red Guard,,,Iran,arms,2012,,Report A (2013)",
        "Red Guards,armed_group,RG;Guards of Red,,Redville,Syria,hosts,,,Report B (2014)",
    ).get("RG")
    assert actor == Actor(
        name="Red Guards",
        kind="armed_group",
        aliases=("RG", "Red Guard", "Guards of Red"),
        metonyms=("Redville",),
        ties=(
            Tie("Iran", "arms", "2012", None, "Report A (2013)"),
            Tie("Syria", "hosts", None, None, "Report B (2014)"),
        ),
        source="Report A (2013); Report B (2014)",
    )


def test_a_row_may_extend_a_shipped_actor(own):
    table = own("Iran,country,Persis,,Niavaran,,,,,")
    assert named(table, "Niavaran, Persis and Tehran") == [
        ("Niavaran", "Iran"),
        ("Persis", "Iran"),
        ("Tehran", "Iran"),
    ]


def test_the_users_form_goes_before_a_shipped_one(own):
    assert named(own("Redland,country,,,Kremlin,,,,,"), "The Kremlin") == [("Kremlin", "Redland")]


def test_of_two_actors_with_one_form_the_first_has_it(own):
    table = own("Redland,country,Zzyx,,,,,,,", "Blueland,country,Zzyx,,,,,,,")
    assert table.mentions("Zzyx") == [Mention(0, 4, "Redland", "name")]
    assert table.get("zzyx").name == "Redland"


def test_a_patron_may_be_named_by_an_alias_and_gets_its_canonical_name(own):
    table = own("Red Guards,armed_group,,,,turkiye,arms,,,")
    assert [tie.patron for tie in table.patrons("Red Guards")] == ["Turkey"]


def test_only_name_and_kind_are_needed_in_any_order(own):
    table = own("country,Redland", header="kind,name")
    assert table.get("Redland").kind == "country"


def test_blank_lines_a_byte_order_mark_and_short_rows_are_harmless(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_bytes(b"\xef\xbb\xbf" + f"{HEADER}\r\n\r\nRedland,country\r\n".encode())
    assert ActorTable.load(file).get("Redland") is not None


@pytest.mark.parametrize(
    ("line", "problem", "remedy"),
    [
        (",country,,,,,,,,", "empty name", "usual English name"),
        ("Redland,planet,,,,,,,,", "unknown kind 'planet'", "country, government"),
        ("Redland,,,,,,,,,", "unknown kind ''", "country, government"),
        ("Redland,country,,,,Iran,likes,,,", "unknown tie 'likes'", "commands, funds, arms"),
        ("Redland,country,,,,Iran,,,,", "unknown tie ''", "commands, funds, arms"),
        ("Redland,country,,,,,arms,,,", "without a patron", "fill in patron"),
        ("Redland,country,,,,,,2012,,", "dates without a tie", "clear since and until"),
        ("Redland,country,,,,Irann,arms,,,", "unknown patron 'Irann'", "did you mean 'Iran'?"),
        ("Redland,country,,,,Qqqqqq,arms,,,", "unknown patron 'Qqqqqq'", "add a row for it"),
        ("Redland,country,,,,Redland,arms,,,", "own patron", "name another"),
        ("Redland,country,,,,Iran,arms,May 2012,,", "bad date 'May 2012' in 'since'", "YYYY-MM-DD"),
        ("Redland,country,,,,Iran,arms,,2012-02-30,", "bad date '2012-02-30' in 'until'", "YYYY"),
        ("Redland,country,,,,Iran,arms,2013,2012,", "since 2013 is after until 2012", "swap"),
        ("Redland,country,a,b,c,,,,,src,more", "11 fields under 10 columns", "quote"),
        ('Redland,country,"a"b,,,,,,,', "not valid CSV", "quote"),
        ("Iran,company,,,,,,,,", "'Iran' has kind", "use one kind"),
    ],
)
def test_a_broken_line_is_named_with_its_remedy(own, tmp_path, line, problem, remedy):
    with pytest.raises(ActorsError) as caught:
        own("Greenland Party,organisation,,,,,,,,", line)
    message = str(caught.value)
    assert f"{tmp_path / 'mine.csv'}, line 3" in message
    assert problem in message
    assert remedy in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("kind,aliases", "column 'name' is missing"),
        ("name,aliases", "column 'kind' is missing"),
        ("name,kind,alias", "unknown column 'alias'"),
        ("name,kind,kind", "column 'kind' stands twice"),
    ],
)
def test_a_broken_header_is_named_with_its_remedy(own, header, problem):
    with pytest.raises(ActorsError, match=re.escape(f"line 1: {problem}; ")):
        own("Redland,country", header=header)


def test_the_line_named_is_where_the_row_begins(own):
    with pytest.raises(ActorsError, match="line 4: unknown kind"):
        own('Redland,country,,,,,,,,"two\nlines"', "Blueland,planet,,,,,,,,")


def test_bytes_that_are_not_utf8_are_named_by_line(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_bytes(f"{HEADER}\nRedland,country\n".encode() + b"Espa\xf1a,country\n")
    with pytest.raises(ActorsError, match=r"mine\.csv, line 3: not UTF-8; save"):
        ActorTable.load(file)


@pytest.mark.parametrize("name", ["none.csv", "."])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name):
    with pytest.raises(ActorsError, match=r"cannot be read .*; check the path"):
        ActorTable.load(tmp_path / name)


def test_an_empty_file_lacks_its_header(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_bytes(b"")
    with pytest.raises(ActorsError, match="column 'name' is missing"):
        ActorTable.load(file)


# --- the shipped data


@pytest.mark.parametrize("file", SHIPPED)
def test_a_shipped_file_has_the_full_header_and_a_source_in_every_row(file):
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    assert lines[0] == HEADER
    assert [line for line in lines[1:] if line.endswith(",")] == []


def test_states_organs_and_organisations_are_covered(table):
    kinds = [actor.kind for actor in table]
    assert kinds.count("country") >= 193 + 2 + 10
    assert kinds.count("organisation") >= 160
    assert kinds.count("company") + kinds.count("media") >= 60
    organs = [
        actor
        for actor in table
        if actor.kind == "organisation"
        and any(t.tie == "part_of" and table.get(t.patron).kind == "country" for t in actor.ties)
    ]
    assert len(organs) >= 60


def test_every_state_has_a_people(table):
    nameless = {a.name for a in table if a.kind == "country" and not a.demonyms}
    assert nameless <= {"Dominica", "Vatican", "Serbia and Montenegro", "Republic of the Congo"}


def test_no_two_shipped_actors_share_a_name(table):
    owner: dict[str, str] = {}
    for actor in table:
        for name in (actor.name, *actor.aliases) if actor.kind == "country" else (actor.name,):
            assert owner.setdefault(name.casefold(), actor.name) == actor.name


def test_an_abbreviation_is_found_with_full_stops() -> None:
    table = ActorTable([Actor("Vale Guard", "armed_group", aliases=("RVGC",))])
    assert [m.actor for m in table.mentions("The R.V.G.C. has left.")] == ["Vale Guard"]
