"""What the tables of ``data/`` hold: one :class:`Table` per noun, one :class:`Column` per column (:mod:`ess_lod.publish.columns`).

Nothing here reads a file. The definitions drive the reader (:mod:`ess_lod.publish.tables`), the data dictionary
(``data/README.md``) and its test, so a column is described in one place. Names and sentences are French because the
people who keep the tables read them; the rest of the code speaks English.
"""

from __future__ import annotations

from ess_lod.iris import KINDS
from ess_lod.publish.columns import AGENT, ANYTHING, CONFIDENCE, DESCRIPTION, PORTRAYABLE, PUBLICATION, SOURCES, Column, Kind, Table
from ess_lod.publish.columns import choice as _choice
from ess_lod.publish.columns import concept as _concept
from ess_lod.publish.columns import identity as _id
from ess_lod.publish.columns import period as _period
from ess_lod.publish.columns import ref as _ref
from ess_lod.publish.link_columns import LINKS, LINKS_IN

__all__ = ["AGENT", "TABLES", "Column", "Kind", "Table"]

REGISTRY_STATES = ("actif", "doublon", "retire")
_ISSUE = (
    Column("numero", "Numéro dans la série."),
    _concept("numero_mode", "Comment le numéro est connu : transcription (imprimé), inference (déduit).", "mode"),
    Column("titre", "Titre tel qu'imprimé ; vide s'il n'a pas été relevé."),
    Column("saison", "Saison telle qu'imprimée, par exemple « Hiver 2018 »."),
    *_period("Période de parution", Kind.DATE),
    _concept("date_mode", "Comment la période est connue.", "mode"),
)

_AGENT_NAMES = (
    Column("nom", "Nom usuel en français.", required=True),
    Column("nom_en", "Nom en anglais, s'il y en a un d'usage."),
    Column("sigle", "Sigle ou forme courte."),
    Column("anciens_noms", "Noms portés auparavant.", many=True),
    Column("autres_noms", "Autres graphies ou noms en usage.", many=True),
)
_AGENT_LIFE = (
    Column("commune", "Commune du siège.", Kind.COMMUNE),
    Column("site_web", "Site de l'organisation.", Kind.URL),
    _concept("etat", "État de vie.", "etat", required=True),
    Column("creation", "Date de création.", Kind.PARTIAL_DATE),
    Column("dissolution", "Date de fin.", Kind.PARTIAL_DATE),
)

_TABLES = (
    Table(
        "registre",
        "Tous les identifiants émis, une fois pour toutes : un identifiant n'est jamais réemployé.",
        (
            Column("id", "Lettre et chiffres, par exemple A017.", Kind.ID, required=True),
            _choice("type", "Nature de la chose.", *KINDS, required=True),
            Column("emis_le", "Jour d'émission.", Kind.DATE, required=True),
            _choice("etat", "État de l'identifiant.", *REGISTRY_STATES, required=True),
            Column("remplace_par", "Pour un doublon : l'identifiant conservé.", Kind.ID),
            Column("date", "Pour un doublon ou un retrait : jour d'effet.", Kind.DATE),
            Column("motif", "Pourquoi, en quelques mots, sans nommer personne."),
            _ref("sources", "Pour un doublon : documents qui l'établissent, s'il y en a.", "document", many=True),
            Column("anciens_ids", "Identifiants que la chose avait ailleurs : autre système, ancien site.", many=True),
        ),
        ("id",),
    ),
    Table(
        "documents",
        "Les documents consultés : ce qu'ils disent porte leur nom.",
        (
            _id("document"),
            Column("titre", "Titre, ou désignation neutre si le titre nomme une personne.", required=True),
            _concept("type", "Nature du document.", "type-document", required=True),
            Column("editeur", "Organisation qui publie."),
            Column("adresse", "Adresse ; vide si elle contient le nom d'une personne.", Kind.URL),
            Column("date", "Date imprimée.", Kind.PARTIAL_DATE),
            _concept(
                "mode", "Comment on en tire les faits : transcription d'un texte, reconciliation avec un répertoire.", "mode", required=True
            ),
            _ref("reproduit", "Supplément ou lettre dont ce document est la copie.", "supplement", "lettre"),
            Column("note", "Ce qu'il faut savoir pour le relire."),
        ),
        ("id",),
        "document",
    ),
    Table(
        "lettres",
        "Les numéros de la lettre d'information qui portent les suppléments ou mentionnent des acteurs.",
        (_id("lettre"), *_ISSUE, *DESCRIPTION, SOURCES),
        ("id",),
        "lettre",
    ),
    Table(
        "supplements",
        "Les suppléments territoires.",
        (
            _id("supplement"),
            Column("rang", "Place sur la page qui les présente, 1 pour le plus récent.", Kind.INTEGER),
            *_ISSUE,
            _ref("lettre", "Numéro de la lettre avec lequel il paraît.", "lettre"),
            _ref("territoires", "Territoires portraiturés, dans leur état à la parution ; vide si inconnu.", "territoire", many=True),
            _concept("territoire_confiance", "certaine (nommé), probable (reconnu à des indices) ou inconnue.", "confiance", required=True),
            Column("signature", "Auteur tel qu'imprimé, comme texte."),
            _concept("themes", "Thèmes.", "champ", many=True),
            *DESCRIPTION,
            SOURCES,
        ),
        ("id",),
        "supplement",
    ),
    Table(
        "mises_en_avant",
        "Qui est mis en avant par un supplément : nommé sur la page ou dans le texte du supplément lui-même.",
        (
            _ref("supplement", "Le supplément.", "supplement", required=True),
            _ref("entite", "Ce qui est mis en avant.", *PORTRAYABLE, required=True),
            _concept("prominence", "Importance du passage.", "prominence", required=True),
            Column("page", "Page.", Kind.INTEGER),
            _concept("champs", "Champs d'activité évoqués.", "champ", many=True),
            CONFIDENCE,
            SOURCES,
        ),
        ("supplement", "entite"),
    ),
    Table(
        "mentions",
        "Qui est cité par un document, une lettre ou un supplément, sans être mis en avant par un supplément.",
        (
            _ref("publication", "Ce qui cite.", *PUBLICATION, required=True),
            _ref("entite", "Ce qui est cité.", *PORTRAYABLE, required=True),
            SOURCES,
        ),
        ("publication", "entite"),
    ),
    Table(
        "territoires",
        "Les territoires, une ligne par vie : un code qui meurt finit une ligne, son successeur en ouvre une autre.",
        (
            _id("territoire"),
            Column("nom", "Nom, dans l'usage de la date.", required=True),
            Column("nom_en", "Nom en anglais."),
            Column("autres_noms", "Autres noms.", many=True),
            _concept("type", "Nature du territoire.", "type-territoire", required=True),
            Column("code", "Code INSEE, ou SIREN d'un EPCI ; vide pour un pays ou un quartier.", Kind.CODE),
            *_period("Vie du territoire", Kind.DATE),
            _ref("partie_de", "Territoire qui le contient, pour un quartier ou une commune associée.", "territoire"),
            Column("siege", "Commune du siège.", Kind.COMMUNE),
            *DESCRIPTION,
            SOURCES,
        ),
        ("id",),
        "territoire",
    ),
    Table(
        "appartenances",
        "Quel territoire en compose un autre, et quand.",
        (
            _ref("membre", "Le territoire membre.", "territoire", required=True),
            _ref("groupe", "Le territoire composé.", "territoire", required=True),
            *_period("Appartenance", Kind.DATE),
            SOURCES,
        ),
        ("membre", "groupe", "debut"),
    ),
    Table(
        "evenements",
        "Ce qui transforme les territoires : fusion, scission, création, changement de nom.",
        (
            _concept("type", "Nature de l'événement.", "evenement", required=True),
            Column("date", "Jour d'effet.", Kind.DATE, required=True),
            _ref("avant", "Territoires d'avant.", "territoire", many=True),
            _ref("apres", "Territoires d'après.", "territoire", required=True, many=True),
            *DESCRIPTION,
            SOURCES,
        ),
        ("type", "date", "avant", "apres"),
    ),
    Table(
        "acteurs",
        "Les acteurs de l'économie sociale et solidaire ; jamais une personne physique.",
        (
            _id("acteur"),
            *_AGENT_NAMES,
            _choice("type", "collectif : réseau, club, collectif d'acteurs.", "acteur", "collectif", required=True),
            _concept("statut", "Statut juridique ; vide si inconnu.", "statut"),
            _concept("champs", "Champs d'activité.", "champ", many=True),
            *DESCRIPTION,
            *_AGENT_LIFE,
            _ref("intervient_sur", "Territoires où il agit.", "territoire", many=True),
            _ref("porte_par", "Organisation qui le porte ou l'exploite.", *AGENT, many=True),
            CONFIDENCE,
            SOURCES,
        ),
        ("id",),
        "acteur",
    ),
    Table(
        "personnes_publiques",
        "Les institutions publiques qui agissent ; l'espace qu'elles administrent est dans territoires.csv.",
        (
            _id("personne-publique"),
            *_AGENT_NAMES,
            _concept("statut", "Forme juridique publique.", "statut"),
            _ref("territoires", "Territoires administrés.", "territoire", many=True),
            *DESCRIPTION,
            *_AGENT_LIFE,
            CONFIDENCE,
            SOURCES,
        ),
        ("id",),
        "personne-publique",
    ),
    Table(
        "changements",
        "Ce qui arrive aux organisations : changement de nom, fusion, scission, fin d'activité. Leurs lignes restent, leurs adresses aussi.",
        (
            _concept(
                "type", "Nature du changement ; un doublon n'en est pas un : il s'écrit dans registre.csv.", "changement", required=True
            ),
            Column("date", "Jour d'effet ; le mois ou l'année s'il n'est pas connu.", Kind.PARTIAL_DATE, required=True),
            _ref("avant", "Organisations d'avant.", *AGENT, required=True, many=True),
            _ref("apres", "Organisations d'après ; vide pour une cessation, la même qu'avant pour un renommage.", *AGENT, many=True),
            Column("autres_avant", "Noms des organisations d'avant qui n'ont pas de ligne ici.", many=True),
            Column("autres_apres", "Noms des organisations d'après qui n'ont pas de ligne ici.", many=True),
            Column("ancien_nom", "Pour un renommage ou une transformation : le nom d'avant."),
            Column("nouveau_nom", "Pour un renommage ou une transformation : le nom d'après."),
            *DESCRIPTION,
            SOURCES,
        ),
        ("type", "date", "avant", "apres"),
    ),
    Table(
        "sites",
        "Les lieux d'activité autres que le siège.",
        (
            _ref("entite", "L'organisation.", *AGENT, required=True),
            Column("rang", "1, 2, 3…", Kind.INTEGER, required=True),
            Column("nom", "Nom du lieu.", required=True),
            Column("nom_en", "Nom du lieu en anglais."),
            Column("commune", "Commune.", Kind.COMMUNE, required=True),
            SOURCES,
        ),
        ("entite", "rang"),
    ),
    Table(
        "identifiants",
        "Les identifiants officiels.",
        (
            _ref("entite", "L'organisation.", *AGENT, required=True),
            _concept("type", "siren, siret ou rna.", "type-identifiant", required=True),
            Column("valeur", "Le numéro, sans espace.", Kind.OFFICIAL, required=True),
            CONFIDENCE,
            SOURCES,
        ),
        ("entite", "type", "valeur"),
    ),
    LINKS,
    LINKS_IN,
    Table(
        "agrements",
        "Agréments, conventionnements et labels.",
        (
            _ref("entite", "L'organisation.", *AGENT, required=True),
            _concept("type", "Nature de la reconnaissance.", "agrement", required=True),
            *_period("Validité"),
            Column("constate_le", "Jour où la source le constate.", Kind.PARTIAL_DATE),
            CONFIDENCE,
            SOURCES,
        ),
        ("entite", "type"),
    ),
    Table(
        "adhesions",
        "Qui est membre, ou siège au bureau, de quelle organisation.",
        (
            _ref("organisation", "L'organisation.", *AGENT, required=True),
            _ref("membre", "Son membre.", *AGENT, required=True),
            _concept("role", "membre ou administrateur.", "role", required=True),
            *_period("Adhésion"),
            CONFIDENCE,
            SOURCES,
        ),
        ("organisation", "membre", "role"),
    ),
    Table(
        "dispositifs",
        "Plans, programmes, contrats, appels et rendez-vous portés sur un territoire.",
        (
            _id("dispositif"),
            Column("nom", "Nom.", required=True),
            Column("nom_en", "Nom en anglais."),
            _concept("type", "Nature du dispositif.", "dispositif", required=True),
            _concept("themes", "Thèmes.", "champ", many=True),
            _ref("territoires", "Territoires concernés.", "territoire", many=True),
            *_period("Durée"),
            *DESCRIPTION,
            SOURCES,
        ),
        ("id",),
        "dispositif",
    ),
    Table(
        "cooperations",
        "Ce que plusieurs acteurs font ensemble.",
        (
            _id("cooperation"),
            Column("nom", "Nom, rédigé par nous.", required=True),
            Column("nom_en", "Nom en anglais."),
            _concept("themes", "Thèmes.", "champ", many=True),
            _ref("territoires", "Territoires concernés.", "territoire", many=True),
            _ref("dispositif", "Dispositif dans lequel elle s'inscrit.", "dispositif"),
            *_period("Durée"),
            *DESCRIPTION,
            SOURCES,
        ),
        ("id",),
        "cooperation",
    ),
    Table(
        "implications",
        "Qui prend part à une coopération ou à un dispositif, et dans quel rôle.",
        (
            _ref("dans", "La coopération ou le dispositif.", "cooperation", "dispositif", required=True),
            _ref("agent", "Qui.", *AGENT, required=True),
            _concept("role", "Rôle tenu.", "role", required=True),
            SOURCES,
        ),
        ("dans", "agent", "role"),
    ),
    Table(
        "chiffres",
        "Les chiffres relevés, avec leur unité, leur date et leur origine.",
        (
            _ref("entite", "Ce que le chiffre décrit.", *ANYTHING, required=True),
            _concept("mesure", "Ce qui est mesuré.", "mesure", required=True),
            Column("valeur", "Le nombre, avec un point ou une virgule décimale.", Kind.DECIMAL, required=True),
            Column("unite", "Unité, en toutes lettres.", required=True),
            Column("reference", "Date ou année à laquelle il se rapporte.", Kind.PARTIAL_DATE),
            _concept(
                "mode",
                "transcription (imprimé), reconciliation (pris dans un répertoire), inference (déduit) ou estimation.",
                "mode",
                required=True,
            ),
            _ref("imprime_dans", "Publication qui l'imprime.", *PUBLICATION),
            SOURCES,
        ),
        ("entite", "mesure", "reference"),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
