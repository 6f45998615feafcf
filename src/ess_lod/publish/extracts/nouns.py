"""The tables: one for each noun, and one for each relation that has dates, roles or degrees of its own."""

from __future__ import annotations

from ess_lod.publish.extracts.columns import Column, Kind, Noun, code, descriptions, key, link, names, period, place, sources, text

_THEMES = link("themes", "themes", "ess:theme", "Champs de l'ESS", "Fields of the social economy", many=True)
_MENTIONS = link(
    "cite", "mentions", "ess:mentions", "Ce qui est cité, sans être mis en avant", "What it mentions without featuring it", many=True
)
_FEATURED = link(
    "mis_en_avant_par",
    "featured by",
    "^ess:features",
    "Suppléments qui le mettent en avant",
    "Supplements that feature it",
    many=True,
    of="supplements",
)
_MENTIONED = link(
    "cite_par",
    "mentioned by",
    "^ess:mentions",
    "Publications et documents qui le citent",
    "Publications and documents that mention it",
    many=True,
)
_TAKING_PART = link("participants", "participants", "ess:hasInvolvement/ess:involvedAgent", "Qui y prend part", "Who takes part", many=True)
_AREA = link("territoires", "territories", "dcterms:spatial", "Territoires concernés", "Territories concerned", many=True, of="territoires")
_AREA_CODES = code(
    "codes_territoires",
    "territory codes",
    "dcterms:spatial/dcterms:identifier",
    "Codes INSEE, ou SIREN d'EPCI, de ces territoires.",
    "INSEE codes, or SIREN of EPCI, of these territories.",
    many=True,
)
_CONFIDENCE = link("confiance", "confidence", "ess:confidence", "Sûreté de l'identification", "How sure the identification is")


def _issue() -> tuple[Column, ...]:
    return (
        code("numero", "number", "schema:issueNumber", "Numéro dans la série.", "Number in the series."),
        *link("numero_mode", "number mode", "ess:issueNumberMode", "Comment le numéro est connu", "How the number is known"),
        text("titre", "title (French)", "dcterms:title", "Titre tel qu'imprimé.", "Title as printed."),
        text("saison", "season", "ess:season", "Saison telle qu'imprimée.", "Season as printed."),
        *period("dcterms:temporal"),
        *link(
            "periode_mode", "period mode", "dcterms:temporal/ess:assertionMode", "Comment la période est connue", "How the period is known"
        ),
    )


def _organisation() -> tuple[Column, ...]:
    seat = "org:hasPrimarySite/ess:locatedIn"
    return (
        code("sigle", "acronym", "ess:acronym", "Sigle.", "Acronym.", many=True),
        text("autres_noms", "other names", "skos:altLabel", "Autres noms.", "Other names.", many=True),
        text("anciens_noms", "former names", "ess:formerName", "Noms d'avant.", "Former names.", many=True),
        *link("statut", "legal status", "ess:legalStatus", "Statut juridique", "Legal status"),
        *link("etat", "state", "ess:lifecycleStatus", "En activité, cessé, fusionné…", "Active, ceased, merged…"),
        *_CONFIDENCE,
        code("siren", "siren", "ess:siren", "SIREN, quand il est certain.", "SIREN, where it is certain.", many=True),
        code(
            "siret",
            "siret",
            "org:hasPrimarySite|org:hasSite/ess:siret",
            "SIRET de ses sites, quand ils sont certains.",
            "SIRET of its sites, where certain.",
            many=True,
        ),
        code("rna", "rna", "ess:rna", "Numéro RNA, quand il est certain.", "RNA number, where it is certain.", many=True),
        *link("commune", "commune", seat, "Commune du siège", "Commune of its seat", of="territoires"),
        code(
            "code_commune",
            "commune code",
            f"{seat}/dcterms:identifier",
            "Code INSEE de la commune du siège.",
            "INSEE code of the commune of its seat.",
        ),
        *place(seat),
    )


def _life() -> tuple[Column, ...]:
    return (
        Column(
            "fondation", "founded", "schema:foundingDate", Kind.DATE, "Fondation : année, mois ou jour.", "Founded: year, month or day."
        ),
        Column(
            "dissolution",
            "dissolved",
            "schema:dissolutionDate",
            Kind.DATE,
            "Dissolution : année, mois ou jour.",
            "Dissolved: year, month or day.",
        ),
        *link("remplace", "replaces", "dcterms:replaces", "Qui elle remplace", "What it replaces", many=True),
        *link("remplacee_par", "replaced by", "dcterms:isReplacedBy", "Qui la remplace", "What replaces it", many=True),
        Column("site_web", "website", "foaf:homepage", Kind.IRI, "Site web.", "Website.", many=True),
        Column(
            "pages_externes",
            "other pages",
            "schema:sameAs",
            Kind.IRI,
            "La même chose ailleurs sur le web.",
            "The same thing elsewhere on the web.",
            many=True,
        ),
    )


NOUNS: tuple[Noun, ...] = (
    Noun(
        "supplements", "ess:Supplement", "Suppléments territoires", "Territorial supplements",
        "Les suppléments territoires, et comment leur numéro, leur période et leur territoire sont connus.",
        "The territorial supplements, and how their numbers, periods and territories are known.",
        (
            *key("du supplément", "supplement"), *names(), *_issue(),
            Column("rang", "position", "ess:listingPosition", Kind.INTEGER, "Place sur la page qui les liste, 1 pour le plus récent.", "Place on the page that lists them, 1 for the latest."),
            *link("lettre", "issue", "ess:supplementOf", "Lettre avec laquelle il paraît", "Newsletter issue that it comes with", of="lettres"),
            *link("territoires", "territories", "ess:portraysTerritory", "Territoires portraiturés, avec certitude", "Territories that it portrays for certain", many=True, of="territoires"),
            code("codes_territoires", "territory codes", "ess:portraysTerritory/dcterms:identifier", "Codes INSEE, ou SIREN d'EPCI, de ces territoires.", "INSEE codes, or SIREN of EPCI, of these territories.", many=True),
            *link("territoires_probables", "probable territories", "ess:probablyPortraysTerritory", "Territoires reconnus à des indices", "Territories recognised by clues", many=True, of="territoires"),
            code("codes_probables", "probable codes", "ess:probablyPortraysTerritory/dcterms:identifier", "Codes des territoires probables.", "Codes of the probable territories.", many=True),
            *link("territoire_confiance", "territory confidence", "ess:territoryConfidence", "Sûreté du territoire", "How sure the territory is"),
            *_THEMES,
            *link("met_en_avant", "features", "ess:features", "Qui ou quoi il met en avant", "Whom or what it features", many=True),
            *_MENTIONS,
            code("signature", "byline", "ess:printedByline", "Auteur tel qu'imprimé.", "Author as printed."),
            *link("editeur", "publisher", "dcterms:publisher", "Éditeur", "Publisher", of="acteurs"),
            *descriptions(), *sources(),
        ),
    ),
    Noun(
        "lettres", "ess:NewsletterIssue", "Numéros de la Lettre", "Newsletter issues",
        "Les numéros de la Lettre qui portent les suppléments ou citent des acteurs.", "The issues that the supplements come with or that mention actors.",
        (
            *key("du numéro", "issue"), *names(), *_issue(),
            *link("supplements", "supplements", "^ess:supplementOf", "Suppléments qui paraissent avec", "Supplements that come with it", many=True, of="supplements"),
            *_MENTIONS,
            *link("editeur", "publisher", "dcterms:publisher", "Éditeur", "Publisher", of="acteurs"),
            *descriptions(), *sources(),
        ),
    ),
    Noun(
        "territoires", "ess:Territory", "Territoires", "Territories",
        "Une ligne par vie d'un territoire : un code qui change de sens ouvre une autre ligne.", "One row for each life of a territory: a code that changes its meaning begins another row.",
        (
            *key("du territoire", "territory"), *names(),
            text("autres_noms", "other names", "skos:altLabel", "Autres noms.", "Other names.", many=True),
            text("noms_successifs", "names over time", "ess:hasState/rdfs:label", "Noms qu'il a portés.", "Names that it has had.", many=True),
            *link("type", "kind", "ess:territoryKind", "Nature", "Kind"),
            code("code_insee", "insee code", "dcterms:identifier", "Code INSEE : texte, zéro initial compris.", "INSEE code: text, with its leading zero.", pattern=r"\w{2,5}"),
            code("siren", "siren", "dcterms:identifier", "SIREN d'un EPCI.", "SIREN of an EPCI.", pattern=r"\d{9}"),
            *period("dcterms:temporal"),
            Column("population", "population", "ess:hasState/ess:population", Kind.INTEGER, "Habitants.", "Inhabitants."),
            code("population_annee", "population year", "ess:hasState/ess:populationYear", "Édition du code officiel géographique qui donne la population.", "Edition of the official geographic code that prints the population."),
            *place(),
            *link("fait_partie_de", "part of", "dcterms:isPartOf", "Territoire qui le contient", "Territory that contains it", many=True, of="territoires"),
            code("code_fait_partie_de", "part of code", "dcterms:isPartOf/dcterms:identifier", "Code de ce territoire.", "Code of that territory.", many=True),
            *link("siege", "seat", "ess:seatCommune", "Commune du siège", "Commune of its seat", of="territoires"),
            code("code_siege", "seat code", "ess:seatCommune/dcterms:identifier", "Code INSEE de la commune du siège.", "INSEE code of the commune of its seat."),
            *link("remplace", "replaces", "dcterms:replaces", "Ce qu'il remplace", "What it replaces", many=True, of="territoires"),
            *link("remplace_par", "replaced by", "dcterms:isReplacedBy", "Ce qui le remplace", "What replaces it", many=True, of="territoires"),
            *link("administre_par", "administered by", "^ess:administers", "Personne publique qui l'administre", "Public body that administers it", many=True, of="personnes-publiques"),
            *link("portraits", "portrayed by", "^ess:portraysTerritory", "Suppléments qui le portraiturent", "Supplements that portray it", many=True, of="supplements"),
            *link("portraits_probables", "probably portrayed by", "^ess:probablyPortraysTerritory", "Suppléments qui le portraiturent probablement", "Supplements that probably portray it", many=True, of="supplements"),
            Column("pages_insee", "insee pages", "rdfs:seeAlso", Kind.IRI, "Où en lire plus (Insee, pour les communes).", "Where to read more (INSEE, for communes).", many=True),
            *descriptions(), *sources(),
        ),
    ),
    Noun(
        "acteurs", "ess:Actor", "Acteurs", "Actors",
        "Les acteurs de l'économie sociale et solidaire, mis en avant ou cités.", "The actors of the social and solidarity economy, featured or mentioned.",
        (
            *key("de l'acteur", "actor"), *names(),
            *link("champs", "fields", "ess:activityField", "Champs d'activité", "Fields of activity", many=True),
            *_organisation(),
            *link("intervient_sur", "operates in", "ess:operatesIn", "Territoires où il intervient", "Territories that it operates in", many=True, of="territoires"),
            *link("porte_par", "operated by", "ess:operatedBy", "Organisation qui le porte", "Organisation that runs it", many=True),
            *link("membre_de", "member of", "org:memberOf", "Réseaux dont il est membre (dates et rôles : table adhesions)", "Networks that it is a member of (dates and roles: table adhesions)", many=True),
            *link("coopere_avec", "cooperates with", "ess:cooperatesWith", "Avec qui il coopère", "Whom it cooperates with", many=True),
            *_FEATURED, *_MENTIONED, *_life(), *descriptions(), *sources(),
        ),
    ),
    Noun(
        "personnes-publiques", "ess:PublicBody", "Personnes publiques", "Public bodies",
        "Les institutions : à ne pas confondre avec les territoires qu'elles administrent.", "The institutions, not to be taken for the territories that they administer.",
        (
            *key("de la personne publique", "public body"), *names(), *_organisation(),
            *link("administre", "administers", "ess:administers", "Territoires qu'elle administre", "Territories that it administers", many=True, of="territoires"),
            code("codes_administres", "administered codes", "ess:administers/dcterms:identifier", "Codes de ces territoires.", "Codes of these territories.", many=True),
            *link("membre_de", "member of", "org:memberOf", "Groupements dont elle est membre", "Groups that it is a member of", many=True),
            *link("coopere_avec", "cooperates with", "ess:cooperatesWith", "Avec qui elle coopère", "Whom it cooperates with", many=True),
            *_FEATURED, *_MENTIONED, *_life(), *descriptions(), *sources(),
        ),
    ),
    Noun(
        "cooperations", "ess:Cooperation", "Coopérations", "Cooperations",
        "Ce que plusieurs acteurs font ensemble (rôles : table implications).", "What several actors do together (roles: table implications).",
        (
            *key("de la coopération", "cooperation"), *names(), *_THEMES, *_AREA, _AREA_CODES, *period("dcterms:temporal", Kind.DATE),
            *link("dispositif", "scheme", "ess:withinScheme", "Dispositif qui l'encadre", "Scheme that it is part of", many=True, of="dispositifs"),
            *_TAKING_PART, *_FEATURED, *_MENTIONED, *descriptions(), *sources(),
        ),
    ),
    Noun(
        "dispositifs", "ess:Scheme", "Dispositifs", "Schemes",
        "Plans, programmes et autres dispositifs (rôles : table implications).", "Plans, programmes and other schemes (roles: table implications).",
        (
            *key("du dispositif", "scheme"), *names(),
            *link("type", "kind", "ess:schemeKind", "Nature", "Kind"),
            *_THEMES, *_AREA, _AREA_CODES, *period("dcterms:temporal", Kind.DATE),
            *link("cooperations", "cooperations", "^ess:withinScheme", "Coopérations qu'il encadre", "Cooperations that are part of it", many=True, of="cooperations"),
            *_TAKING_PART, *_FEATURED, *_MENTIONED, *descriptions(), *sources(),
        ),
    ),
    Noun(
        "documents", "ess:Document", "Documents", "Documents",
        "Les documents consultés : ce que chaque ligne des autres tables a pour sources.", "The documents that were read: the sources of the rows of the other tables.",
        (
            *key("du document", "document"),
            text("titre", "title (French)", "dcterms:title", "Titre.", "Title."),
            *link("type", "kind", "dcterms:type", "Nature", "Kind"),
            code("editeur", "publisher", "dc:publisher", "Organisation qui publie.", "Organisation that publishes it."),
            Column("adresse", "address", "foaf:page", Kind.IRI, "Adresse sur le web.", "Address on the web.", many=True),
            Column("date", "date", "dcterms:date", Kind.DATE, "Date imprimée : année, mois ou jour.", "Date as printed: year, month or day."),
            *link("reproduit", "copy of", "dcterms:isFormatOf", "Publication dont il est la copie", "Publication that it is a copy of"),
            *_MENTIONS,
            text("note", "note", "skos:note", "Ce qu'il faut savoir pour le relire.", "What one must know to read it again."),
        ),
    ),
    Noun(
        "sites", "ess:Site", "Sites", "Sites",
        "Les sièges et autres lieux des organisations ; les points sont ceux des communes.", "Seats and other places of organisations; the points are those of the communes.",
        (
            *key("du site", "site"), *names(),
            *link("organisation", "organisation", "^org:hasPrimarySite|^org:hasSite", "Organisation", "Organisation"),
            *link("champs", "fields", "^org:hasPrimarySite|^org:hasSite/ess:activityField", "Champs d'activité de l'organisation", "Fields of the organisation", many=True),
            code("siret", "siret", "ess:siret", "SIRET, quand il est certain.", "SIRET, where it is certain."),
            *link("commune", "commune", "ess:locatedIn", "Commune", "Commune", of="territoires"),
            code("code_commune", "commune code", "ess:locatedIn/dcterms:identifier", "Code INSEE de la commune.", "INSEE code of the commune."),
            *place("ess:locatedIn"),
        ),
    ),
    Noun(
        "mises-en-avant", "ess:Portrayal", "Mises en avant", "Portrayals",
        "Qui ou quoi chaque supplément met en avant, et comment.", "Whom or what each supplement features, and how.",
        (
            *key("de la mise en avant", "portrayal"),
            *link("supplement", "supplement", "^ess:hasPortrayal", "Supplément", "Supplement", of="supplements"),
            *link("entite", "entity", "ess:portrayedEntity", "Qui ou quoi est mis en avant", "Who or what is featured"),
            *link("importance", "prominence", "ess:prominence", "Importance du passage", "Prominence of the passage"),
            Column("page", "page", "ess:page", Kind.INTEGER, "Page.", "Page."),
            *_THEMES, *_CONFIDENCE, *sources(),
        ),
    ),
    Noun(
        "implications", "ess:Involvement", "Implications", "Involvements",
        "Qui prend part à une coopération ou à un dispositif, et à quel titre.", "Who takes part in a cooperation or a scheme, and in which role.",
        (
            *key("de l'implication", "involvement"),
            *link("entreprise", "undertaking", "^ess:hasInvolvement", "Coopération ou dispositif", "Cooperation or scheme"),
            *link("participant", "participant", "ess:involvedAgent", "Acteur ou personne publique", "Actor or public body"),
            *link("role", "role", "ess:involvementRole", "Rôle", "Role"),
            *sources(),
        ),
    ),
    Noun(
        "adhesions", "org:Membership", "Adhésions", "Memberships",
        "Qui est membre de quelle organisation, à quel titre et depuis quand.", "Who is a member of which organisation, in which role and since when.",
        (
            *key("de l'adhésion", "membership"),
            *link("organisation", "organisation", "org:organization", "Organisation", "Organisation"),
            *link("membre", "member", "org:member", "Membre", "Member"),
            *link("role", "role", "org:role", "Rôle", "Role"),
            *period("org:memberDuring", Kind.DATE), *_CONFIDENCE, *sources(),
        ),
    ),
    Noun(
        "changements", "ess:OrganizationChange", "Changements d'organisations", "Changes of organisations",
        "Ce qui est arrivé aux organisations, et quelles organisations il y avait avant et après.", "What happened to organisations, and which organisations there were before and after.",
        (
            *key("du changement", "change"), *names(),
            *link("type", "kind", "dcterms:type", "Nature", "Kind"),
            Column("date", "date", "dcterms:date", Kind.DATE, "Date d'effet : année, mois ou jour.", "Date of effect: year, month or day."),
            *link("avant", "before", "org:originalOrganization", "Organisations d'avant", "Organisations before", many=True),
            text("autres_avant", "others before", "ess:undescribedOriginal", "Organisations d'avant qui ne sont pas décrites ici.", "Organisations before that are not described here.", many=True),
            *link("apres", "after", "org:resultingOrganization", "Organisations d'après", "Organisations after", many=True),
            text("autres_apres", "others after", "ess:undescribedResult", "Organisations d'après qui ne sont pas décrites ici.", "Organisations after that are not described here.", many=True),
            text("ancien_nom", "name before", "ess:nameBefore", "Nom d'avant.", "Name before."),
            text("nouveau_nom", "name after", "ess:nameAfter", "Nom d'après.", "Name after."),
            *descriptions(), *sources(),
        ),
    ),
    Noun(
        "appartenances", "ess:TerritorialMembership", "Appartenances de territoires", "Memberships of territories",
        "Quel territoire est membre de quel groupement, et de quand à quand.", "Which territory is a member of which grouping, and from when to when.",
        (
            *key("de l'appartenance", "membership"),
            *link("membre", "member", "ess:memberTerritory", "Territoire membre", "Territory that is a member", of="territoires"),
            code("code_membre", "member code", "ess:memberTerritory/dcterms:identifier", "Code INSEE du membre.", "INSEE code of the member."),
            *link("groupement", "grouping", "ess:groupingTerritory", "Groupement", "Grouping", of="territoires"),
            code("siren_groupement", "grouping siren", "ess:groupingTerritory/dcterms:identifier", "SIREN du groupement.", "SIREN of the grouping."),
            *period("dcterms:temporal"), *sources(),
        ),
    ),
    Noun(
        "chiffres", "ess:Figure", "Chiffres", "Figures",
        "Les chiffres relevés, avec l'unité, la date et ce qui les imprime.", "The figures that were recorded, with unit, date and what prints them.",
        (
            *key("du chiffre", "figure"),
            *link("sujet", "subject", "ess:figureOf", "Ce dont c'est le chiffre", "What it is a figure of"),
            *link("mesure", "measure", "ess:measure", "Ce qui est mesuré", "What is measured"),
            Column("valeur", "value", "ess:value", Kind.NUMBER, "Valeur.", "Value."),
            text("unite", "unit", "ess:unit", "Unité.", "Unit."),
            Column("date", "date", "ess:referenceDate", Kind.DATE, "Date à laquelle il vaut : année, mois ou jour.", "Date that it holds for: year, month or day."),
            *link("mode", "mode", "ess:assertionMode", "Comment il est connu", "How it is known"),
            *link("imprime_dans", "printed in", "ess:printedIn", "Publication ou document qui l'imprime", "Publication or document that prints it"),
            *sources(),
        ),
    ),
)  # fmt: skip
