"""The text of the report. The ports, the institute and the figures are made up."""

INTRODUCTION = (
    "1 Introduction",
    (
        "A ship earns nothing while it lies at a berth. For the owners of the vessels that call at "
        "the five Lethe terminals, an hour in port costs between 1,100 and 2,600 euros, depending "
        "on the size of the crew and on the price of fuel. It is therefore surprising how little "
        "was known, until last year, about where these hours go.",
        "This paper follows 4,517 calls from the moment at which a ship reports to the pilot "
        "station until it passes the outer mole again. It is the second paper in the series; the "
        "first one, Working Paper 24, described the method and the data for the year 2024. We "
        "repeat here only what a reader needs to understand the tables.",
        "Three questions guided the work. How long does a ship wait for its berth? How long does "
        "it stay there? And which of the two can be shortened without new quays, which nobody is "
        "going to build before 2031?",
        "The short answer is that waiting is the smaller part, but the one that has changed. Since "
        "the five terminals share a common list of arrivals, the mean waiting time has fallen from "
        "6.8 hours to 4.1 hours. The stay itself has hardly moved: it was 20.4 hours in 2024 and "
        "is 20.1 hours now.",
    ),
)
METHOD = (
    "2 Data and method",
    (
        "The harbour office records four times for each call: the report to the pilots, the first "
        "line ashore, the last line let go, and the passing of the mole. We took these records for "
        "all ships above 500 gross tonnes. Barges, tugs and the ferry to Saltholm were left out, "
        "as were 63 calls for repairs, because a ship in dry dock does not wait for cargo.",
        "Records by hand contain errors. A total of 212 entries gave a departure before an "
        "arrival; in 190 of them the day had been mistaken at midnight, and we corrected it. The "
        "other 22 were dropped. Where the pilot station and the terminal disagreed by more than 30 "
        "minutes, we used the position signals of the ship, which are accurate to one minute.",
        "For each terminal we also asked which share of the cargo left by rail. The answers come "
        "from the operators and were not checked by us. They agree within two points with the "
        "loads that the railway published for the second quarter.",
        "All means in this paper are weighted by calls and not by tonnes. A weighting by tonnes "
        "would give more influence to the 38 bulk carriers that called at Eastmoor, and would "
        "raise the mean stay to 23.1 hours.",
    ),
)
FINDINGS = (
    "3 Findings",
    (
        "Table 1 shows the calls of both years. Four of the five terminals have gained; only "
        "Saltholm Basin has lost, by 44 calls or 6.7 percent, after its largest crane was closed "
        "for eleven weeks. Old Ferry Quay has grown fastest, from 318 to 402 calls, since the fish "
        "market moved there in January.",
        "Ships stay longest where little cargo leaves by rail. Saltholm Basin, with a share of 22 "
        "percent, has the longest stay of 27.9 hours. Northgate and Eastmoor, with shares of 48 "
        "and 41 percent, keep their ships for less than 20 hours. Old Ferry Quay is the exception: "
        "almost nothing leaves it by rail, but a trawler is unloaded in half a day.",
        "The relation is not one of cause alone. Terminals with a good railway are also the newer "
        "ones, and their cranes are faster. When we compare only calls that were served by cranes "
        "of the same type, a rise of ten points in the share by rail goes with a stay that is 1.3 "
        "hours shorter. Without this restriction the figure would be 2.4 hours.",
        "Figure 1 turns to the time before the berth. It was shorter in every quarter of 2025 than "
        "in the same quarter of the year before. The gain is largest in the third quarter, when "
        "the harvest is shipped: there it fell from 7.9 to 4.6 hours. We see no sign that ships "
        "simply wait elsewhere, since the time between the mole and the pilot station is the same.",
    ),
)
OUTLOOK = (
    "4 What the common list changed",
    (
        "Until December 2024 each terminal kept a list of its own. A ship that had cargo for two "
        "terminals was on both, and often the second one held a berth free for a vessel that was "
        "still being unloaded at the first. The operators knew this and added a reserve, which on "
        "average was three hours.",
        "The common list, run by the harbour office since 6 January 2025, shows where each ship is "
        "and when it will be ready. A berth is promised six hours before it is needed and not "
        "earlier. If a ship is late, the next one on the list moves up, whatever its flag or "
        "owner. In the first year 381 ships moved up in this way.",
        "Not everybody has gained. Small vessels, which used to slip into a gap between two large "
        "ones, now wait their turn. For ships below 1,500 tonnes the waiting time has risen "
        "slightly, from 2.2 to 2.5 hours. The harbour office has promised to look at this, and we "
        "will return to it in the next paper.",
        "There was also a cost. The office employs four more people, and each of the terminals "
        "pays 85,000 euros a year for the service. Set against some 12,000 hours of waiting that "
        "were saved, the service costs about 35 euros for each hour. This is little compared with "
        "the price of an hour at the quay.",
    ),
)
CAUSES = (
    "5 Why ships still wait",
    (
        "For the fourth quarter the pilots noted a reason whenever a ship waited longer than two "
        "hours. Table 2 gives the reasons for these 402 calls. Two thirds of the delays have "
        "their origin on land: a berth that is taken, a crane that is being repaired, or cargo "
        "that has not arrived.",
        "Weather counts for less than we had expected. There were nine days with wind above force "
        "eight, and on six of them the terminals went on working. Tide matters at Old Ferry Quay "
        "alone, where ships with a draught of more than 7.2 metres can pass the sill only during "
        "four hours of each tide.",
    ),
)
LIMITS = (
    "6 Limits of the data",
    (
        "The figures describe one year, and a good one. Trade through the five terminals grew by "
        "5.9 percent, but no ship was lost, no strike was called, and the channel was dredged in "
        "spring. A bad winter would tell us more about the common list than a mild one.",
        "We know when a ship lies at a berth, but not what is done there. An empty hour, in which "
        "nobody works because the shift has ended, looks the same as a busy one. The operators of "
        "Northgate and Grindle Point have agreed to share the hours of their cranes from 2026 on, "
        "and we hope that the others will follow.",
        "Finally, a mean hides a great deal. Half of all ships wait less than 90 minutes, while "
        "one in twenty waits for more than 19 hours. For the owner of such a ship it is no comfort "
        "that the mean has fallen.",
    ),
)
ADVICE = (
    "Keep the common list, and extend it to the tugs, whose absence caused 9 percent of all delays "
    "in the fourth quarter.",
    "Reserve one berth at Grindle Point for ships below 1,500 tonnes between 6:00 and 14:00.",
    "Publish the expected time at the berth, so that ships can slow down at sea and save fuel.",
    "Repair the second track to Saltholm Basin before a new crane is ordered there.",
    "Record all four times by machine. Entries by hand were wrong in 4.7 percent of the calls.",
)
NOTES = (
    "An hour counts from full hour to full hour, as in the tariff of the harbour office.",
    "Shares by rail are those of containers and of bulk goods together, by weight.",
    "The data are available on request from the library of the institute.",
)
REFERENCES = (
    "Hallen, P. van (2024): Berths and how they are promised. Working Paper 24, Calloway Harbour "
    "Institute.",
    "Oduya, M. and Strand, L. (2022): Waiting at sea. Journal of Port Studies 18, 211-239.",
    "Lethe Railway (2025): Loads by station, second quarter. Eastmoor.",
)
