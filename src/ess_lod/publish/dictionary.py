"""The data dictionary, ``data/README.md``: made from the table definitions, so that it cannot be wrong about them."""

from __future__ import annotations

from ess_lod.publish.schema import TABLES, Column, Kind, Table

_INTRODUCTION = """\
# Les tables

*Ce fichier est écrit par `ess-lod dictionary` à partir de `src/ess_lod/publish/schema.py`. Ne pas le modifier à la main.
In English: one CSV file per kind of thing; this page is generated and lists every column.*

Les données se publient sous [Licence Ouverte 2.0](https://www.etalab.gouv.fr/licence-ouverte-open-licence).

## Pour modifier
1. Ouvrir un fichier dans un tableur, **toutes les colonnes au format texte** (sinon `02361` devient `2361` et les dates changent de forme).
2. Corriger, ajouter des lignes. Un nouvel identifiant se demande par `ess-lod mint acteur` : il s'inscrit dans `registre.csv` et ne resservira jamais.
3. Enregistrer en « CSV UTF-8 » (virgule, point-virgule ou tabulation, peu importe).
4. `ess-lod check` : toutes les erreurs d'un coup, avec le fichier, la ligne et la colonne.
5. Avancer la `date` de `dataset.yaml`, puis `ess-lod publish`.

## Règles communes
- **Identifiant** : une lettre (S supplément, L lettre, T territoire, A acteur, P personne publique, C coopération, D dispositif, R document) et au moins trois chiffres, sans autre sens.
- **Plusieurs valeurs** dans une cellule se séparent par `|`.
- **Dates** : `AAAA-MM-JJ` ; là où c'est indiqué, `AAAA-MM` ou `AAAA` suffisent. Une période va de `debut` inclus à `fin` **exclue** : `fin` est le premier jour où ce n'est plus le cas.
- **Sources** : chaque ligne dit de quels documents elle vient ; le premier nomme le graphe où ses faits sont publiés.
- **Une adresse publiée reste.** On ne supprime pas la ligne d'une organisation qui cesse, fusionne ou change de nom : on change son `etat` et on dit ce qui est arrivé dans `changements.csv`.
  Un doublon ou un retrait se disent dans `registre.csv` (voir `docs/identities.md`).
- **Ce qui n'est pas imprimé se dit** : `mode` vaut `transcription` (imprimé), `inference` (déduit), `estimation`, `reconciliation` (pris dans un répertoire) ou `declaration` ;
  `confiance` vaut `certaine`, `probable`, `a-verifier` ou `inconnue`. Une case vide vaut mieux qu'une invention.
- **Aucune personne physique**. Seule exception : la `signature` imprimée d'un supplément, comme texte.
- Les termes des listes (`champ`, `statut`, `role`…) sont dans `ontology/schemes.ttl` et se consultent sous `/vocab/{liste}`.

- **Communes et EPCI** : toute la France est dans `insee/`, avec les dates ; on n'y écrit pas à la main (voir `docs/insee.md`). `territoires.csv` n'ajoute que des noms, des descriptions et des sources à ces territoires
  (sous l'identifiant que leur donne `insee/identifiants.csv`), et contient ceux que l'Insee ne connaît pas : pays, PETR, quartiers.

## Ce qui est publié, et ce qui ne l'est pas
- **Mis en avant** (`mises_en_avant.csv`) : ce que la page des suppléments ou le texte du supplément lui-même nomme. **Mentionné** (`mentions.csv`) : ce qu'un autre document de l'Apes nomme ;
  l'un n'est jamais l'autre. L'Apes publie les suppléments : elle n'y est pas « mise en avant ».
- Le contexte local sans preuve de présence dans un document n'est pas publié, ni les entreprises qui pourraient être une personne, ni les organisations citées seulement dans le parcours d'une personne.
- Les numéros des suppléments : seuls les nos 56 et 65 sont imprimés ; les autres sont déduits de leur ordre sur la page, en supposant la série sans trou. Les étiquettes les mettent entre crochets.
- Six suppléments n'ont pas de territoire identifié : ils n'en ont pas ici. Deux territoires sont probables.
"""


def write_dictionary() -> str:
    """The dictionary as Markdown (French)."""
    return "\n".join([_INTRODUCTION, "## Les fichiers", *(_section(table) for table in TABLES.values())])


def _section(table: Table) -> str:
    lines = [f"\n### `{table.filename}`", table.about, f"Une ligne est reconnue par : {' + '.join(f'`{name}`' for name in table.key)}.", ""]
    lines += ["| colonne | | valeur | ce qu'on y écrit |", "|---|---|---|---|"]
    lines += [_line(column) for column in table.columns]
    return "\n".join(lines)


def _line(column: Column) -> str:
    value = column.kind.value
    if column.kind is Kind.REF:
        value = f"identifiant : {', '.join(column.target)}"
    elif column.kind is Kind.CONCEPT:
        value = f"liste `{column.target[0]}`"
    if column.many:
        value += ", plusieurs par `|`"
    return f"| `{column.name}` | {'obligatoire' if column.required else ''} | {value} | {column.about} |"
