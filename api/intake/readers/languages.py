"""Languages as formats name them – ISO 639-2 codes, English words, babel's names – and their BCP 47 tags."""

_TABLE = """
ar ara arabic|be bel belarusian|bg bul bulgarian|bn ben bengali|bs bos bosnian|ca cat catalan|cs cze ces czech
cy wel cym welsh|da dan danish|de ger deu german ngerman naustrian austrian nswissgerman swissgerman|el gre ell greek
en eng english american british usenglish ukenglish canadian australian newzealand|eo epo esperanto|es spa spanish
et est estonian|eu baq eus basque|fa per fas persian farsi|fi fin finnish|fr fre fra french francais acadian canadien
ga gle irish|gl glg galician|gu guj gujarati|he heb hebrew|hi hin hindi|hr hrv croatian|hu hun hungarian magyar
hy arm hye armenian|id ind indonesian bahasai|is ice isl icelandic|it ita italian|ja jpn japanese|ka geo kat georgian
kk kaz kazakh|kn kan kannada|ko kor korean|ky kir kyrgyz|la lat latin|lt lit lithuanian|lv lav latvian
mk mac mkd macedonian|ml mal malayalam|mn mon mongolian|mr mar marathi|ms may msa malay|mt mlt maltese
my bur mya burmese|nb nob bokmal norsk|ne nep nepali|nl dut nld dutch|nn nno nynorsk|no nor norwegian|pa pan punjabi
pl pol polish|pt por portuguese portuges brazilian|ro rum ron romanian|ru rus russian|sa san sanskrit
sk slo slk slovak|sl slv slovenian slovene|sq alb sqi albanian|sr srp serbian serbianc|sv swe swedish|sw swa swahili
ta tam tamil|te tel telugu|tg tgk tajik|th tha thai|tk tuk turkmen|tr tur turkish|uk ukr ukrainian|ur urd urdu
uz uzb uzbek|vi vie vietnamese|yi yid yiddish|zh chi zho chinese|zu zul zulu
"""
_TAGS = {name: names[0] for row in _TABLE.replace("\n", "|").split("|") if (names := row.split()) for name in names} | {
    "brazilian": "pt-BR",
    "american": "en-US",
    "usenglish": "en-US",
    "british": "en-GB",
    "ukenglish": "en-GB",
}
NO_LANGUAGE = {"und", "mul", "zxx", "mis"}


def tag_of(name: str) -> str | None:
    """The tag for a code, a word or a tag: `ger`, `deu`, `German`, `de-AT`. None for what names no language."""
    word = name.strip().replace("_", "-")
    if word.lower() in NO_LANGUAGE:
        return None
    return _TAGS.get(word.lower(), word or None)
