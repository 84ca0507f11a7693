"""Personal data in the texts of twenty countries: identifiers, contacts, places, dates and names, each as a span.

scorer.py         the scorer `personal_data`; which windows of a text are worth a look
table.py          the identifiers of each country, read from assets/personal_data/countries/*.toml
checks.py         check digits by name, each with its source
identifiers.py    numbers and codes that fit a shape of the table
contacts.py       phones, e-mail, cards, IP and MAC addresses
places.py         dates of birth, health-record numbers, number plates
addresses.py      postal addresses, by a grammar of streets, numbers, units and districts
names.py          names of people, by lists and by what stands before and after them
words.py          the lists and words that names are read with, from assets/personal_data
context.py        a text as it stands and folded; words before a place
spans.py          one span; which of two that overlap stays
"""
