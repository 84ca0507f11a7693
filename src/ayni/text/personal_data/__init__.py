"""Personal data in the texts of twenty countries: identifiers, contacts, places, dates and names, each as a span.

scorer.py         the scorer `personal_data`; which windows of a text are worth a look
table.py          the identifiers of each country, read from assets/personal_data/countries/*.toml
checks.py         check digits by name, each with its source
identifiers.py    numbers and codes that fit a shape of the table
contacts.py       phones, e-mail, cards, IP and MAC addresses
places.py         postal addresses, dates of birth, health-record numbers, number plates
names.py          names of people, by lists and by what stands before them
model.py          names by a model of the user's own (extra `ayni[ner]`)
spans.py          one span; which of two that overlap stays
"""
