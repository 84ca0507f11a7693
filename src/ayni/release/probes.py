"""Short texts, written for this, on which a released form is compared with the model it was made from."""

PROBES = (
    "La biblioteca del pueblo abre a las nueve y presta libros sin costo a quien vive en el municipio.",
    "O rio que atravessa a cidade recebe a água das chuvas de verão e abastece as hortas da margem.",
    "The committee asked for a plain summary of the budget before the end of the month.",
    "En 1984, ¿cuánto costó?  12 345 pesos, o sea $ 12.345,60 en total.",
)
