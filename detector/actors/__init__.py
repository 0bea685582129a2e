"""Who is named where in a text, and who stands behind whom.

    table = ActorTable.load()
    table.mentions("The Kremlin denied it.")    # [Mention(4, 11, "Russia", "metonym")]
    table.patrons("Hezbollah", "2017-04-19")    # (Tie(patron="Iran", tie="funds", ...), ...)

The shipped tables in `data/` are CSV files (UTF-8, comma-separated, with a header), and a file
of your own, `ActorTable.load("mine.csv")`, has the same columns:

    name       the usual English name; rows of one name merge, also with shipped ones
    kind       country, government, organisation, armed_group, company, media or person
    aliases    other names, abbreviations and transliterations, separated by ";"
    demonyms   adjectives and nouns for its people: "Iranian;Iranians"
    metonyms   capital, seat, palace, ministry building: "Tehran"; for a person, the surnames that
               stand for him or her alone, where they are not the last word of the name
    patron     name or alias of the actor that this row's tie leads to
    tie        commands, funds, arms, hosts or allied: what the patron does for the actor;
               part_of or represents: what the actor is to the patron
    since      first and last time of the tie: YYYY, YYYY-MM or YYYY-MM-DD; empty is open
    until
    source     where this is known from: a report, book, statute, with its year

Only `name` and `kind` must be there. One row holds one tie; an actor with several ties has
several rows. A person `represents` the state or organisation that he or she speaks for.

    name,kind,aliases,metonyms,patron,tie,since,until,source
    Redland,country,Republic of Redland;RDL,Redville,,,,,
    Red Guards,armed_group,,,Redland,arms,2019,2023-06,"Example, Report 7 (2023)"
    Ana Roe,person,,,Redland,represents,2020,,"Redland Gazette, 2020"

Where two actors share a form, yours goes before the shipped ones, then the first row wins.
`not_actors.txt` lists phrases that hold a form but name no actor ("Gulf of Mexico").
"""

from detector.actors.records import Actor, Mention, Tie
from detector.actors.table import ActorTable

__all__ = ["Actor", "ActorTable", "Mention", "Tie"]
