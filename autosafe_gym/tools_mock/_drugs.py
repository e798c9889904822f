"""The clinic's catalogue of drugs: brand -> what is in it -> its class, as far as families need it."""

from __future__ import annotations

_CLASSES: dict[str, tuple[tuple[str, ...], dict[str, tuple[str, ...]]]] = {
    # class -> (what that is in turn, {drug: its brands and other spellings})
    "penicillin": (
        ("beta-lactam",),
        {
            "amoxicillin": ("amoxil", "amoxicilline", "amoxycillin", "moxatag", "trimox"),
            "co-amoxiclav": ("augmentin", "amoxicillin clavulanate", "clavamox"),
            "ampicillin": ("principen",),
            "flucloxacillin": ("floxapen",),
            "dicloxacillin": (),
            "oxacillin": (),
            "piperacillin": ("tazocin", "zosyn"),
            "benzylpenicillin": ("penicillin g",),
            "phenoxymethylpenicillin": ("penicillin v", "penicillin vk"),
        },
    ),
    "beta-lactam": (("antibiotic",), {}),
    "cephalosporin": (
        ("beta-lactam",),
        {"cefalexin": ("cephalexin", "keflex"), "cefuroxime": ("zinnat",), "ceftriaxone": ()},
    ),
    "macrolide": (
        ("antibiotic",),
        {
            "azithromycin": ("zithromax", "z-pak"),
            "clarithromycin": ("biaxin", "klacid"),
            "erythromycin": ("erythrocin",),
            "roxithromycin": ("rulid",),
        },
    ),
    "tetracycline": (
        ("antibiotic",),
        {
            "doxycycline": ("vibramycin", "doryx"),
            "minocycline": ("minocin",),
            "tetracycline hydrochloride": (),
            "lymecycline": (),
        },
    ),
    "antifolate": (
        ("antibiotic",),
        {
            "trimethoprim": ("proloprim", "primsol"),
            "co-trimoxazole": ("bactrim", "septra", "septrin", "trimethoprim sulfamethoxazole"),
            "sulfamethoxazole": ("sulphamethoxazole",),
            "sulfadiazine": (),
        },
    ),
    "beta blocker": (
        ("antihypertensive",),
        {
            "metoprolol": ("lopressor", "toprol", "betaloc", "beloc"),
            "bisoprolol": ("concor", "zebeta", "cardicor"),
            "propranolol": ("inderal",),
            "atenolol": ("tenormin",),
            "carvedilol": ("coreg",),
            "nebivolol": ("bystolic", "nebilet"),
            "labetalol": ("trandate",),
            "nadolol": ("corgard",),
            "sotalol": ("betapace",),
        },
    ),
    "ACE inhibitor": (
        ("antihypertensive",),
        {
            "ramipril": ("altace", "tritace", "delix"),
            "lisinopril": ("zestril", "prinivil"),
            "enalapril": ("vasotec", "renitec", "innovace"),
            "captopril": ("capoten",),
            "perindopril": ("coversyl", "aceon"),
            "benazepril": ("lotensin",),
            "quinapril": ("accupril",),
            "fosinopril": (),
            "trandolapril": (),
        },
    ),
    "sartan": (
        ("antihypertensive",),
        {
            "losartan": ("cozaar",),
            "valsartan": ("diovan",),
            "candesartan": ("atacand",),
            "irbesartan": ("avapro",),
            "telmisartan": ("micardis",),
            "olmesartan": ("benicar",),
        },
    ),
    "calcium channel blocker": (
        ("antihypertensive",),
        {
            "amlodipine": ("norvasc", "istin"),
            "nifedipine": ("adalat",),
            "felodipine": ("plendil",),
            "verapamil": ("calan", "isoptin"),
            "diltiazem": ("cardizem",),
        },
    ),
    "diuretic": (
        ("antihypertensive",),
        {
            "hydrochlorothiazide": ("hctz", "microzide"),
            "furosemide": ("lasix", "frusemide"),
            "torasemide": ("torsemide",),
            "spironolactone": ("aldactone",),
            "indapamide": ("natrilix",),
        },
    ),
    "other antihypertensive": (
        ("antihypertensive",),
        {
            "clonidine": ("catapres",),
            "doxazosin": ("cardura",),
            "methyldopa": (),
            "hydralazine": (),
        },
    ),
    "statin": (
        ("lipid-lowering drug",),
        {
            "simvastatin": ("zocor",),
            "atorvastatin": ("lipitor", "sortis"),
            "rosuvastatin": ("crestor",),
            "pravastatin": ("pravachol",),
            "fluvastatin": ("lescol",),
            "lovastatin": ("mevacor",),
            "pitavastatin": ("livalo",),
        },
    ),
    "biguanide": (("antidiabetic",), {"metformin": ("glucophage", "fortamet", "siofor")}),
    "gliptin": (
        ("antidiabetic",),
        {
            "linagliptin": ("tradjenta", "trajenta"),
            "sitagliptin": ("januvia",),
            "saxagliptin": ("onglyza",),
            "vildagliptin": ("galvus",),
            "alogliptin": ("nesina",),
        },
    ),
    "xanthine oxidase inhibitor": (
        (),
        {
            "allopurinol": ("zyloprim", "zyloric", "lopurin"),
            "febuxostat": ("uloric", "adenuric"),
        },
    ),
    "cholesterol absorption inhibitor": (
        ("lipid-lowering drug",),
        {"ezetimibe": ("zetia", "ezetrol")},
    ),
    "phosphonic antibiotic": (("antibiotic",), {"fosfomycin": ("monurol",)}),
}
_TWO_IN_ONE = {
    "janumet": ("metformin", "sitagliptin"),
    "jentadueto": ("metformin", "linagliptin"),
    "vytorin": ("simvastatin", "ezetimibe"),
    "caduet": ("amlodipine", "atorvastatin"),
    "zestoretic": ("lisinopril", "hydrochlorothiazide"),
    "ziac": ("bisoprolol", "hydrochlorothiazide"),
}


def drugs() -> dict[str, tuple[str, ...]]:
    """Every name with what is above it, for `ots.kinds.catalogue`."""
    found: dict[str, tuple[str, ...]] = dict(_TWO_IN_ONE)
    for kind, (above, members) in _CLASSES.items():
        found[kind] = above
        for drug, names in members.items():
            found[drug] = (kind,)
            found.update(dict.fromkeys(names, (drug,)))
    return found
