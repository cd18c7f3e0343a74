"""Spellings of one and the same, by the language of the text: whoever writes one of a line finds each of it."""

NO_BREAK, NARROW, SOFT, JOINER, NON_JOINER = "\u00a0", "\u202f", "\u00ad", "\u200d", "\u200c"
LEFT_TO_RIGHT, RIGHT_TO_LEFT, ISOLATE, END_ISOLATE, MARK = "\u200e", "\u200f", "\u2067", "\u2069", "\ufeff"

FRENCH = [
    ["asile", "d’asile", "d'asile", "d‘asile", "dʼasile", "d´asile", "d`asile", "d′asile", "D’ASILE", "l'asile", f"l’{NO_BREAK}asile"],
    ["réunion d'experts", "réunion d’experts", "reunion d‘experts", "RÉUNION D’EXPERTS", "re\u0301union dʼexperts"],
    ["« accueil »", f"«{NO_BREAK}accueil{NO_BREAK}»", f"«{NARROW}l’accueil{NARROW}»", "“accueil”", '"accueil"', "„accueil“", "‹accueil›", "accueil", "l’« accueil »"],
    ["qu’ils obtiennent", "qu'ils obtiennent", "ils obtiennent"],
    ["jusqu’ici", "jusqu'ici", "ici"],
    ["lorsqu’arrivent", "lorsqu'arrivent", "arrivent"],
    ["puisqu’embarqués", "puisqu'embarques", "embarqués"],
    ["quoiqu’espéré", "quoiqu'espere", "espéré"],
    ["s’améliorer", "s'ameliorer", "améliorer"],
    ["n’oublient", "n'oublient", "oublient"],
    ["j’affirme", "j'affirme", "affirme"],
    ["c’était", "c'etait", "était"],
    ["m’envoyer", "m'envoyer", "envoyer"],
    ["t’aviser", "t'aviser", "aviser"],
    ["hébergement", "l’hébergement", "d'hébergement"],
    ["aujourd’hui", "aujourd'hui", "AUJOURD´HUI"],
    ["presqu’île", "presqu'ile", "Presqu‘île"],
    ["prud’homal", "prud'homal", "prudhomal"],
    ["Côte d’Ivoire", "Cote d'Ivoire", "cote d ivoire", "CÔTE D’IVOIRE", "Côte-d’Ivoire"],
    ["Guinée-Bissau", "Guinée–Bissau", "Guinée‑Bissau", "Guinée—Bissau", "Guinée Bissau", "guinee−bissau", "Guinée/Bissau"],
    ["main-d’œuvre", "main d'oeuvre", "MAIN-D’ŒUVRE", "main‑d´œuvre"],
    ["cœur", "coeur", "CŒUR"],
    ["naïveté", "naivete", "nai\u0308veté"],
    ["garçonnet", "garconnet", "GARÇONNET"],
    ["n° 1351", f"n°{NO_BREAK}1351", "N°1351"],
    ["nº 1352", "№ 1352", "no 1352"],
    ["2012–2014", "2012-2014", "2012/2014", "(2012 ; 2014)", "2012…2014"],
    ["30 ％", "30", "30%", f"30{NARROW}%", "³⁰"],
    [f"rapa{SOFT}triement", "rapatriement", f"{MARK}rapatriement", f"rapatriement{LEFT_TO_RIGHT}"],
    ["ﬁliale", "filiale", "ﬁlia\u200ble"],
    ["N’Djamena", "N'Djamena", "NDjamena", "Ndjaména"],
    ["transit…", "transit !", "transit ?", "transit ;", "«transit»", "[transit]", "–transit–", "transit"],
    ["O.N.U.D.C.", "ONUDC"],
]  # fmt: skip

ENGLISH = [
    ["“transit corridor”", "'transit corridor'", "«transit corridor»", '"transit corridor"', "‘transit corridor’", "transit–corridor", "transit corridor"],
    ["Morocco’s", "Morocco's", "Morocco", "MOROCCO‘S"],
    ["Congress’s", "Congress's", "congress"],
    ["states’ duties", "states' duties", "states duties"],
    ["didn’t", "didn't", "didnʼt"],
    ["Qur’anic", "Qur'anic", "Qurʾanic", "Quranic"],
    ["Sanaʿa", "Sana'a", "Sana’a", "Sanaa"],
    ["Ben Ġarqāwī", "Ben Garqawi", "BEN G\u0307ARQA\u0304WI\u0304"],
    ["Straße", "Strasse", "STRASSE", "STRAẞE"],
    ["Łódź", "Lodz", "ŁÓDŹ"],
    ["Türkiye", "Turkiye", "TÜRKİYE", "Turkıye"],
    ["Đurđevac", "Durdevac", "ĐURĐEVAC"],
    ["Þingvellir", "Thingvellir", "ÞINGVELLIR"],
    ["Ærøskøbing", "Aeroskobing", "ÆRØSKØBING"],
    ["sub‑Saharan", "sub-Saharan", "sub–Saharan", "sub Saharan"],
    ["entry/exit", "entry-exit", "entry & exit", "entry · exit", "entry, exit"],
    ["U.N.H.C.R.", "UNHCR", "u.n.h.c.r."],
    ["e.g.", "eg"],
    ["€ 500", "500€", "$500", "500", "£500", "５００", "٥٠٠"],
    ["ﬀood", "ffood"],
    ["“quoted”word", "quoted word"],
    ["Ｆｒｏｎｔｅｘ", "Frontex", "FRONTEX"],
    [f"read{SOFT}mission", "readmission", "read\u2060mission", f"{ISOLATE}readmission{END_ISOLATE}"],
    ["½ share", "1/2 share", "1⁄2 share"],
]  # fmt: skip

ARABIC = [
    ["«المهاجرين»", '"المهاجرين"', "“المهاجرين”", "المهاجرين", "المهاجرين،", "المهاجرين؛", "المهاجرين؟", "(المهاجرين)", "…المهاجرين…", "المهاجرين–", "المـهـاجـريـن", "المُهاجِرين", f"{RIGHT_TO_LEFT}المهاجرين{RIGHT_TO_LEFT}"],
    ["٢٠١٢", "2012", "۲۰۱۲", "２０１２"],
    ["إدارة", "ادارة", "إداره", "أدارة", "إِدَارَة", "ادارہ", "ٱدارة"],
    ["مستشفى", "مستشفي", "مستشفی", "مستشفے"],
    ["كردستان", "کردستان", "ڪردستان"],
    ["لاجئ", "ﻻﺟﺊ", "لاجي", f"لا{JOINER}جئ", f"لا{NON_JOINER}جئ"],
    ["ﺍﻟﺤﺪﻭﺩ", "الحدود", "الحدود٫", "الحدود٬", "الحدود٪"],
    ["مؤتمر", "موتمر", "مؤتَمَر", "مو\u0654تمر"],
    ["آلاف", "الاف", "ا\u0653لاف"],
    ["أكادير", "أگادير", "أڭادير", "اكادير", "أکادیر"],
    ["باريس", "پاريس", "پاریس"],
    ["فيينا", "ڤيينا", "فیینا", "ڥيينا"],
    ["تشاد", "تشاد.", "«تشاد»", "تـشـاد"],
    ["طرابلس؛ بنغازي", "طرابلس، بنغازي", "طرابلس: بنغازي", "طرابلس/بنغازي", "طرابلس ـ بنغازي", "طرابلس-بنغازي"],
    ["الله", "ﷲ"],
    ["١٢٫٥", "12.5", "12,5", "۱۲٫۵"],
    ["هـ", "ه", "ﻫ"],
    ["قانون رقم ٠٢٫٠٣", "قانون رقم 02-03", "قانون رقم 02.03"],
]  # fmt: skip

PERSIAN = [
    ["پناهندگی", "پناهندگي", "پناهندكي", "ﭘﻨﺎﻫﻨﺪﮔﯽ"],
    ["مهاجران ایرانی", "مهاجران ايراني", "مهاجران اِیرانی"],
    [f"می{NON_JOINER}روند", "میروند", "ميروند"],
    ["کشور", "كشور", "ﮐﺸﻮﺭ"],
    ["خانهٔ", "خانۀ", "خانه", "خانة"],
    ["۱۳۹۱", "١٣٩١", "1391"],
]  # fmt: skip

RUSSIAN = [
    ["«убежище»", "„убежище“", "убежище", "УБЕЖИЩЕ"],
    ["ёлка", "елка", "ЁЛКА", "е\u0308лка"],
    ["Молдавии–Украины", "молдавии украины", "МОЛДАВИИ-УКРАИНЫ"],
]  # fmt: skip

SPELLINGS = {"fr": FRENCH, "en": ENGLISH, "ar": ARABIC, "fa": PERSIAN, "ru": RUSSIAN}
