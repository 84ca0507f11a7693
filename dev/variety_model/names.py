"""Lower-case words that name a country rather than speak like it: never features. Stems with their endings.

    all_names()      {"mexicano", "mexicana", ..., "pesos", ...}

A word with a capital letter is never a feature; this list is for adjectives, and for texts all in lower case.
"""

from __future__ import annotations

_FOUR = ("o", "a", "os", "as")
_PEOPLE_FOUR = """
argentin bolivian chilen colombian cuban ecuatorian equatorian hondureñ hondurenh mexican panameñ panamenh paraguay paraguai peruan puertorriqueñ
portorriqueñ portorriquenh dominican haitian salvadoreñ salvadorenh uruguay uruguai venezolan venezuelan guatemaltec brasileñ brasileir norteamerican latinoamerican
sudamerican suramerican centroamerican hispanoamerican iberoamerican american europe europé castellan peninsular african angolan moçambican italian german
porteñ portenh limeñ limenh habaner santiaguin capitalin caraqueñ caraquenh bogotan quiteñ pazeñ paceñ cruceñ asuncen montevidean santafesin cordobés cordobes mendocin tucuman salteñ
santiagueñ correntin chaqueñ misioner jujeñ riojan sanjuanin puntan pampean neuquin rionegrin chubutens santacruceñ fueguin antioqueñ caleñ barranquiller
valluned tapati regiomontan jarocholl poblan oaxaqueñ chiapanec yucatec yucatan sonorens sinaloens michoacan guerrerens veracruzan potosin zacatecan duranguens tlaxcaltec
cuzqueñ cusqueñ arequipeñ piuran trujillan loretan puneñ guayaquileñ cuencan orureñ cochabambin tarijeñ beniano penquist porteñit lisboet alfacinh
paulistan carioc mineir gaúch baian pernambucan cearens paraens amazonens catarinens goian haban camagüeyan matancer santiaguer tic
""".split()
_PEOPLE = """
costarricense costarricenses costarriquenho costarriquenha nicaragüense nicaragüenses nicaraguense nicaraguenses canadiense estadounidense estadounidenses estadunidense
estadunidenses rioplatense rioplatenses bonaerense bonaerenses entrerriano santafesina cordobesa cordobeses mexiquense mexiquenses jalisciense español española españoles españolas
espanhol espanhola espanhóis espanholas portugués portuguesa portugueses portuguesas português boricua boricuas catracho catracha chapín chapines nica nicas pinolero
tico tica ticos ticas quisqueyano quisqueyana charrúa charrúas brasilero brasilera brasileros inca incas azteca aztecas mapuche mapuches guaraní guaranies guaraníes
quechua quechuas aymara aymaras aimara maya mayas náhuatl
paulista paulistas carioca cariocas gaúcho gaúchos luso lusa lusos lusitano lusitana angolano paranaense fluminense fluminenses capixaba
""".split()
_PLACES = """
argentina bolivia bolívia brasil chile colombia colômbia cuba ecuador equador salvador españa espanha guatemala honduras haití haiti méxico mexico nicaragua panamá panama paraguay paraguai
perú peru portugal dominicana uruguay uruguai venezuela angola moçambique américa america latinoamérica europa
bogotá bogota caracas habana lima lisboa montevideo managua quito asunción santiago sucre tegucigalpa medellín guayaquil guadalajara monterrey córdoba rosario mendoza cusco cuzco
arequipa valparaíso concepción cochabamba oruro potosí tarija beni pando brasília brasilia lisbon coimbra madrid barcelona sevilla
br gt hn mx py uy cdmx df
""".split()
_MONEY = """
peso pesos soles intis guaranís bolívar bolívares boliviano bolivianos quetzal quetzales colón colones lempira lempiras balboa balboas sucres reais cruzeiro cruzeiros
cruzado cruzados euro euros escudos dólar dólares
""".split()


def all_names() -> set[str]:
    """Every word that is masked."""
    return {stem + end for stem in _PEOPLE_FOUR for end in _FOUR} | set(_PEOPLE) | set(_PLACES) | set(_MONEY)
