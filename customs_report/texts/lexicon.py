"""The words by which a text is read. A phrasing that is not understood is added here, in one line.

Each row is a kind of word, what it stands for, and the ways of writing it (regular expressions, in lower case).
"""

from __future__ import annotations

import re

# Kinds
FLOW, CHINA, US, CURRENCY, UP, DOWN, FLAT, SLOWER = "flow", "china", "us", "currency", "up", "down", "flat", "slower"
FORECAST, OWN, FUTURE, OTHER = "forecast", "own forecast", "future", "other"
PRONOUN, SHARE, MEASURE = "pronoun", "share", "measure"
ABOVE, BELOW, STOP, RECORD, ADJUSTED, ABROAD, MODEST = "above", "below", "stop", "record", "adjusted", "abroad", "modest"
TO, FROM, WITH, IGNORED = "to", "from", "with", "ignored"

WORDS: tuple[tuple[str, str, str], ...] = (
    (FLOW, "exports", r"exports?|exported|exporting|exp(?=[ :.]*[+\-−$]?\d)|(?:left|leaving|leave) (?:the country|china)|went (?:abroad|overseas|out(?=,| in))|out the door|(?:overseas|foreign|outbound|export) (?:sales|shipments)|shipments? abroad"
        r"|out(?:bound|ward) (?:shipments|ones|flows|trade|sales|cargoes|deliveries)|sales abroad|sells|sold|selling|sales(?= to| overseas| abroad| there)|shipments?|shipped|export orders shipped"
        r"|deliveries abroad|(?:goods|sales) (?:sent|shipped|sold) (?:abroad|overseas)|(?:foreign|overseas|outbound) deliveries|where (?:it"
        r"|they|the goods) (?:went|go)|by destination|X(?= [+\-−]\d)"),
    (FLOW, "imports", r"imports?|imported|importing|imp(?=[ :.]*[+\-−$]?\d)|purchases?(?: from abroad)?|in(?:bound|ward) (?:shipments|ones|flows|trade|cargoes|deliveries)|bought|buys|buying|took in"
        r"|takes in|landed|pulled in|hauled in|snapped up|arrived|arrivals|taken in|inflows?(?= of)|landings|unloadings|foreign purchases|receipts(?= (?:hit|of|were|reached|came|rose"
        r"|fell))|where (?:it|they|the goods) (?:came|come) from|by origin|M(?= [+\-−]\d)|M(?= from)"),
    (FLOW, "balance", r"the difference(?=,? (?:of |was )?[$\d])|(?:gap|difference) between (?:its |china's |chinese )?exports and imports|exports (?:exceeded|outstripped|outweighed|surpassed) imports(?= by)|(?:(?:trade|goods|merchandise|monthly|annual|external) )*(?:surplus(?:es)?|balance|gap)|trade deficits?"
        r"|net exports|TB(?=:? )|(?:trade )?bal(?=[ :.]*[+\-−$]?\d)|(?:leaves|leaving|left)(?= [$£€¥\d])|(?:trade )?imbalance|deficits?|(?:excess|surplus) of exports over imports"),
    (FLOW, "total", r"(?:total|overall|two-way|bilateral|foreign|external|merchandise|goods|combined) trade(?: in goods"
        r"| volume| value)?|total (?:imports and exports|exports and imports)|exports and imports (?:combined|together"
        r"|in total)|trade(?= with| between| volume)|(?:trade |total |overall )?turnover|trade in both directions|two-way (?:commerce|flows)"
        r"|commerce(?= with)|trade(?= (?:came to|amounted|totall?ed|reached|stood|was worth|hit|rose|fell|grew|climbed|dropped|shrank"
        r"|increased|expanded|in goods))"),
    (CHINA, "", r"(?:(?:china|the country)['’]s |chinese )(?:firms|companies|makers|manufacturers|factories|producers|exporters|importers|buyers|refiners|refineries|mills|steelmakers|carmakers|traders|shippers|sellers|suppliers)|(?:^|(?<=[;,] ))(?:steel ?mills|mills|refiners|steelmakers|smelters|crushers|exporters|importers|buyers)(?=(?: have| had)? (?:bought|imported|sold|exported|shipped|took in|landed|pulled in|hauled in) [\d$])|china(?:'s|’s)?|chinese|the (?:country|mainland)(?:'s|’s)?|sino(?=-)|beijing(?:'s|’s)?|the (?:world's"
        r"|world’s) (?:second-largest|second-biggest) economy|people's republic of china"),
    (ABROAD, "", r"the world|abroad|all countries|global(?:ly)?|worldwide|world"),
    (CURRENCY, "usd", r"(?:in|measured in|on an?) (?:us |american )?dollars?(?:[- ](?:terms|denominated))?(?: basis)?|in us\$"
        r"|in usd(?: terms)?|in us dollar terms|dollar[- ]denominated|usd(?: terms)?|\(usd\)|(?:us )?dollar(?= (?:exports|imports|trade|growth|figures?|value|surplus|numbers|basis))"),
    (CURRENCY, "cny", r"(?:in|measured in) (?:yuan|rmb|renminbi|cny)(?:[- ]terms)?|in (?:domestic|local|china's own"
        r"|china’s own|its own|the chinese|the national) currency|yuan[- ](?:terms|denominated)|(?:rmb|cny) terms|in yuan|in (?:local|its own|china's own) money|(?:yuan|renminbi|rmb|cny)(?= (?:exports|imports|trade|growth|figures?"
        r"|value|surplus|numbers|basis|export|import|lens))|(?:local|domestic)[- ]currency(?: terms)?|rmb(?=[,)])|\(rmb\)|\(cny\)"),
    (CURRENCY, "same", r"(?:in )?(?:this|that|the same|same) currency"),
    (UP, "", r"rose|risen|rise|rises|rising|grew|grown|grow|grows|growing|growth|up|increased?|increases|increasing|climb(?:ed"
        r"|s)?|climbing|jump(?:ed|s)?|jumping|surg(?:ed|e|es|ing)|soar(?:ed|s)?|leap(?:t|ed)?|leapt|gain(?:ed|s)?|expand(?:ed"
        r"|s)?|expansion|higher|more|larger|faster|advanced?|shot up|picked up|rebound(?:ed)?|widened|ahead|swelled|added"
        r"|accelerat(?:ed|ion)|spiked|ballooned|greater|bigger|stronger|recover(?:ed|y)|cr[ee]pt up|inched up|edged up|edged higher|(?:put|tacked|packed) on|rocket(?:ed|s)?"
        r"|rall(?:y|ied)|bounc(?:ed|e|es)|firmed|boost(?:ed)?|lift(?:ed|s)?|notched up|climbs|swell(?:s|ing)?|widens?|increment|expands|jumps|surges|soars|leaps|advances|gaining|swells|rebounds?|rebounding|recovers|quickens|picks up"
        r"|bounced back|on top of|dearer|pricier|costlier|fatter|heavier"),
    (DOWN, "", r"fell|fallen|fall|falls|falling|drop(?:ped|s)?|dropping|declin(?:ed|e|es|ing)|decreas(?:ed|e)|slump(?:ed|s)?"
        r"|s[aiu]nk|down|lower|less|smaller|contract(?:ed|ing|ion)?|shr[aiu]nk|shrinking|slip(?:ped)?|off|tumbl(?:ed|e)"
        r"|plung(?:ed|e)|plummet(?:ed)?|lost|dip(?:ped)?|narrowed|crash(?:ed)?|collapsed?|reduced|slid|weaker|shed|fewer|reductions?"
        r"|retreated|cut|in the red|slowdown|behind|under(?= (?:the |a )?(?:year|last|same|[A-Z]))|shaved|reced(?:ed|e)|weakened"
        r"|softened|slides?|sliding|slips|slipping|dips|shrinks|contracts|retreats?|sank|slumping|plunging|tumbling|tumbled|crashes|collapses|narrows|falters?|faltered|slumps|plunges|tumbles|dives?|dived|dove|sinks|loses|losing|edged down|edged lower|inched down|dwindled"
        r"|eroded|lagging|short of(?! (?:the |an? |its )?\d)|eased?(?= (?:by )?(?:[\d$]|a |about|some))|cheaper|lighter|thinner|short(?=[.;,]|$)"),
    (FLAT, "", r"flat|unchanged|did not grow at all|stagnated|no change"),
    (SLOWER, "", r"slow(?:ed|ing)?(?: down)?|eas(?:ed|ing)|moderated|cooled|decelerated|improved|quickened|sped up"),
    (IGNORED, "", r"(?:the |its )?(?:annual )?(?:rate|pace) of (?:decline|growth|increase|expansion|contraction|decrease)|[a-z]+-than-(?:expected|forecast|predicted|anticipated)|f[ae]ll(?:s|en|ing)? (?:well |far |just )?short of|at an? (?:annual |yearly |monthly |year-on-year )?(?:rate|pace|clip) of|(?:more|less|faster|slower|better|worse|stronger|weaker|higher|lower|larger|smaller"
        r"|bigger) than (?:expected|forecast|predicted|analysts had expected|economists had expected)|than expected|(?:beat"
        r"|beats|beating|topped|topping|missed|missing|below|above|exceeded|exceeding|defied|defying) (?:market |analysts' "
        r"|economists' |analysts’ )?(?:forecasts|expectations|estimates)(?! (?:of|for))|as expected"),
    (FORECAST, "", r"(?:economists|analysts|forecasters|markets?|the market|traders)(?: polled by \w+| surveyed by \w+"
        r"| in a \w+ poll)?(?: had| have| were)?(?: been)? (?:expected|forecast|predicted|expecting|pencill?ed in|foreseen|foresaw|banked on|counted on"
        r"|reckoned on|tipped|looked for|looking for|hoped for|hoping for|feared|anticipated|bargained for)|forecasts?"
        r"|(?:had been |were |was |had )?(?:expected|predicted|forecast|feared)|expectations?|consensus|cons\.?(?=:| )|polls?"
        r"|predictions?|estimates?|projected|pencill?ed in|(?:had )?(?:looked|hoped|bargained) for|on the cards|the street|surveys?|median|poll"
        r"|anticipated|foreseen|tipped by|f['’]?cast|mkt(?=:)|est\.(?=$|[;,)])|est\.?(?=:? ?[+\-−$]?\d)|bbg cons"),
    (OWN, "", r"we (?:look for|expect|see|forecast|keep|project|think|now)|our (?:[\w-]+ ){0,3}(?:forecast|call|estimate|projection)|i expect|nowcasts?|house view|in our view"),
    (FUTURE, "", r"will|is likely to|are likely to|could|may|might|would|should|is set to|are set to|aims? (?:at|for)|targets?"
        r"|next year|is projected|are projected"),
    (ADJUSTED, "", r"seasonally[- ]adjusted|adjusted for (?:the )?season|in real terms|in volume terms|sequentially"
        r"|annualised"),
    (SHARE, "", r"shares?|account(?:ed|ing|s)? for|made up|makes up|(?:(?<=% )|(?<=cent )|(?<=pct )|(?<=half )|(?<=third )"
        r"|(?<=quarter )|(?<=fifth )|(?<=tenth ))of (?:(?:the|that) total|(?:china's |china’s |chinese |all |total |overall |its "
        r"|their |the country's |foreign )*(?:trade|exports|imports|import bill)(?: value)?|(?:everything|all|what)(?: that)?"
        r" (?:it|china|the country|this country) (?:buys and sells|sells and buys|sells?|sold|exports?|exported|ships|shipped|buys?|bought|imports?"
        r"|imported|trades?|traded)(?: abroad)?)"),
    (MEASURE, "quantity", r"volumes?|(?:more|fewer) units|(?:the )?number(?: of)?|the (?:count|tally)|by (?:volume|weight|tonnage)|in volume|in (?:quantity|weight)"
        r"|tonnage|in tonnes"),
    (MEASURE, "value", r"(?:by|in)(?: terms of)? value|value|costs?|the (?:[a-z-]+ )?bill|proceeds|revenues?|paid|earned|brought in|worth|spent|spending|(?:more|less) money"),
    (MEASURE, "unit_value", r"(?:the )?average (?:price(?: paid| received)?|vehicle|car|unit value|export price|import price|cost|value)s?"
        r"|unit values?|(?:the )?price (?:per|of (?:a|each)) [a-z]+"
        r"|(?:a|each|(?:the )?average) [a-z]+ (?:costs?|fetch(?:ed|es)|s(?:old|ells) for|went for|was priced(?: at)?)"),
    (ABOVE, ">", r"(?:by )?(?:more than|over|above|exceeding|exceeded|exceeds?|topped|topping|tops?|surpass(?:ed|es)|pass(?:ed"
        r"|es)|cross(?:ed|es)|in excess of|upwards of|well over|just over|greater than|> ?)"),
    (ABOVE, ">=", r"at least|no less than|not less than"),
    (BELOW, "<", r"(?:by )?(?:less than|under|below|fewer than|just under|well under|short of|< ?)"),
    (BELOW, "<=", r"at most|no more than"),
    (RECORD, "", r"a record(?: high)?|an? all-time high|(?:the )?(?:highest|largest|biggest) (?:[a-z]+ )?(?:on record"
        r"|ever(?: recorded)?|in (?:its )?history|of all time)|record"),
    (MODEST, "", r"(?:only )?(?:modestly|slightly|marginally|a touch)"),
    (PRONOUN, "", r"they|it|its|their|those|these|that|this|both|the (?:figure|total|sum|increase|decline|rise|fall|growth"
        r"|pace|bloc|union|region|continent|grouping|group|line|product)|which|ones?"),
    (US, "", r"us|our|we|here|this country"),
    (TO, "", r"to|(?:bound|destined|headed) for|headed to"),
    (FROM, "", r"from|after|versus|vs\.?|against|reversing|compare[ds]? with|compare[ds]? to|following|than|relative to"),
    (WITH, "", r"with"),
    (STOP, ";", r";|\b(?:took|taking|brought|bringing|lifted|lifting|pushed|pushing)(?= (?:the|its) (?:total|tally|sum|count)\b)|\||\(|\)|—| [–-] |\bwhile\b|\bwhereas\b|\bbut\b|\bthough\b|\balthough\b|\byet\b|\bagainst\b|\bversus\b"),
    (STOP, ",", r",|\band\b|\bor\b|\bplus\b"),
    (OTHER, "", (
        r"(?:current[- ]account|budget|fiscal|services)(?: trade)? (?:surplus(?:es)?|deficits?|balance)|trade in services"
        r"|services? trade|gdp|reserves?|ind(?:ex|ices)|prices?|priced|futures|margins?|outputs?|production|produced|output"
        r"|manufactur(?:ing|ers?)|makers?|compan(?:y|ies)|firms?|"
        r"registrations?|installations?|capacity|jobs?|voters?|employment|unemployment|services|current account|inflation|cpi"
        r"|ppi|pmi|usdcny|exchange rate|"
        r"against the dollar|the (?:yuan|renminbi|currency|euro|dollar) (?:is|was|has|rose|fell|gained|lost|bought|weakened"
        r"|strengthened)|(?:a|one) (?:euro|dollar|pound|yen|yuan) (?:bought|buys|was worth|is worth|fetched)|population"
        r"|inhabitants|provinces|"
        r"retail|investments?|fdi|stocks?|equities|bonds?|yields?|gw|mw|temperatures?|likes|tariffs?|dut(?:y|ies)|levies|levy"
        r"|refiner(?:y|ies)|runs|crush|households?|"
        r"consumers?|consumption|income|profits?|earnings|factor(?:y|ies)|construction|housing|property|loans?|credit|debt"
        r"|budget|deficit of (?:the )?(?:budget|government)|"
        r"tourists?|tourism|students|visitors|freight rates?|containers?|throughput|teu|vessels calling|subsid(?:y|ies)|wages?"
        r"|rates?|interest|orders|sub-index|"
        r"minutes|hours|degrees|readers|followers|people|workers|sample|panel|standard error|attribute|coefficient|elasticity"
        r"|brent|barrel|stimulus|imbalance between|patents|market share|"
        r"constituency|economy grew|economy expanded|economic growth|growth target|bank lending|power generation|electricity"
        r"|passengers?|flights?|box office|app|users?|"
        r"emissions|rebates?|stockpiles?|inventor(?:y|ies)|crop|harvest|acreage|fleet|sales tax|vat|re-exports|transshipments?"
        r"|foreign exchange|forex|wto|world trade|global trade|world merchandise trade"
    )),
)  # fmt: skip

SMALL_WORDS = """
a an the of in on at by for to from with and or but as is are was were be been being has have had do does did not no nor so
than that this these those it its their they them he she which who whom what when where while whereas though although yet
still also again even only just about some around nearly almost roughly approximately close well meanwhile however overall
alone together combined total all over under during through since until after before because due thanks despite amid per each
both respectively compared against versus vs year years month months quarter half week day period time times same previous
prior last next first earlier ago later now then already too very much most many more less value worth amounted amounting came
come comes stood stands stand standing reached reaching reach hit hits totalled totaled totalling totaling totals equal
equalled ran run posted recorded reported reports report showed show shows shown according data figures figure numbers
official customs administration general gacc authorities authority bureau statistics monday tuesday wednesday thursday friday
saturday sunday announced released published said says say put puts left leaving remained remains remain growth pace rate
rates level levels sharp sharply slight slightly steep steeply strong strongly modest modestly further fast faster slow slower
quick quickly hot hotter high higher low lower new good goods merchandise products product commodities trade trading surplus
sum sums country countries nation world global economy economies partner partners market markets
largest biggest second third fourth saw sent put posted pushed lifted boosted drove resulting meant means making made make brought bring taking took taken takes give given
giving gave there here out up down off into ever back one two three four five six seven eight nine ten eleven twelve bonus
actually nevertheless moreover furthermore additionally finally similarly likewise instead contrast turn fact course counted
fetched economists analysts went goes driven rather quite whole full calendar nationwide country's china's chinese china
beijing double digits terms basis annual monthly year-on-year y-o-y yoy us you we i me my our his her let see look looks lol
btw wow ouch huge big small missing beating topping exceeding defying trailing undershooting overshooting surprising confounding
cumulative averaged averaging main key chief principal major leading rest foreign overseas domestic numbered numbering mere merely abroad outside inside compared-with
such same own any every all few lot lots bit half-time side sides story picture mixed bright brighter dark darker rosier fair
painful thumping freak stunning striking remarkable impressive healthy solid robust brisk hefty whopping mere paltry tiny
large massive enormous considerable substantial significant dramatic surprising unexpected fresh further another whisker hair
touch notch fraction tad shade certain true false right wrong good bad better best worse worst old early late recent current
monthly-only headline headlines total totals tally count counts bill bills books book table tables line lines chart data
detail details breakdown reading readings print printed prints release releases report statement update numbers number
customs-data point points term terms sense result results part parts case cases thing things way ways time
between among amongst across against along around behind beside besides beyond despite like near onto toward towards upon
within without via per than then thus hence therefore moreover furthermore also too either neither nor whether if unless
because since although though while whilst when whenever where wherever why how whose
be being been am is are was were do does doing did done have has having had will would shall should may might must can could
go goes going gone went get gets got getting keep keeps kept keeping let lets seem seems seemed appear appears appeared look
looks looked looking find finds found turn turns turned become becomes became begin began begun start starts started stay stays
stayed end ends ended hold holds held move moves moved run runs ran leave leaves stood mean means meant tell tells told know
knows known think thinks thought expect want help helped helps work worked works show shows shown count counts counted add adds
added adding account manage manages managed achieve achieved register registered registers clock clocked log logged print
printed record note noted notes contrast compare compared comparison calculated measured measure expressed valued priced-in
worth amount amounts amounted equal equals equalled equivalent corresponding respective
outdid outpaced exceeded notably namely especially particularly mainly largely mostly chiefly primarily partly itself himself
themselves ourselves today yesterday tomorrow week weeks day days winter spring summer autumn season seasonal morning
far worst lone sole reuters bloomberg factset caixin polled pollsters lifting pushing driving sending boosting dragging pulling propelling raising
inched edged ticked nudged crept sprang swung drew won ground flew bled dwarfed resulted shot alike largely worldwide this-time
january-november first-half half-year year-to-date eleven-month ten-month nine-month six-month three-month twelve-month
"""
FILLER = {*SMALL_WORDS.split()}  # words that say nothing of what a sentence is about

EXTRA_PARTNERS = {  # names that texts use and the lists do not
    "america": "USA", "american": "USA", "the states": "USA", "south-east asia": "ASEAN", "southeast asia": "ASEAN",
    " east asia": "ASEAN", "association of southeast asian nations": "ASEAN", "asean": "ASEAN", "the eu": "EU27",
    "eu": "EU27", "us": "USA", "u.s": "USA", "u.s.": "USA", "uk": "GBR", "belt and road": "BRI",
    "belt and road countries": "BRI", "latin america": "LATAM", "africa": "AFRICA", "japan": "JPN", "german": "DEU",
    "japanese": "JPN", "russian": "RUS", "vietnamese": "VNM", "indian": "IND", "korean": "KOR", "brazilian": "BRA",
    "australian": "AUS", "latam": "LATAM", "kr": "KOR", "tw": "TWN", "jp": "JPN", "au": "AUS", "vn": "VNM", "de": "DEU",
    "ru": "RUS", "hk": "HKG", "the european union": "EU27", "african": "AFRICA", "european": "EU27",
}  # fmt: skip
NOT_GOODS = {  # names of goods that are ordinary words
    "food", "material", "electronic", "other technology", "aerospace", "part", "machine", "meat", "gas", "oil",
    "clothes", "wood", "fuel", "plastic", "fish", "bus", "vessel", "paper", "ic",
}  # fmt: skip
NOT_PARTNERS = {
    "other", "world", "china", "mainland china", "prc", "people's republic of china", "us", "eu", "uk", "asia nes",
    "union", "island",
}  # fmt: skip


def _pattern(kind: str, ways: str) -> re.Pattern[str]:
    """Whole words, but for stops, which are signs; a sign of comparison may stand before a digit."""
    return re.compile(ways if kind == STOP else rf"(?<!\w)(?:{ways})(?!\w)", re.IGNORECASE)


OF_SOMETHING_ELSE = next(_pattern(kind, ways) for kind, _, ways in WORDS if kind == OTHER)
PATTERNS = [(kind, value, _pattern(kind, ways)) for kind, value, ways in WORDS]
