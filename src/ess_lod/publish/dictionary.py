"""The data dictionary, ``data/README.md``: made from the table definitions, so that it cannot be wrong about them."""

from __future__ import annotations

from pathlib import Path

from ess_lod.publish.schema import TABLES, Column, Kind, Table

NOTES = "NOTES.md"
"""What a network says itself of its tables."""

_INTRODUCTION = """\
# Les tables

*Ce fichier est écrit par `ess-lod dictionary` à partir de la définition des tables et de `NOTES.md`, s'il existe. Ne pas le modifier à la main.
In English: one CSV file per kind of thing; this page is generated and lists every column.*

La licence des données est dite par `dataset.yaml`.

## Pour modifier
1. Ouvrir un fichier dans un tableur, **toutes les colonnes au format texte** (sinon `02361` devient `2361` et les dates changent de forme).
2. Corriger, ajouter des lignes. Un nouvel identifiant se demande par `ess-lod mint acteur` : il s'inscrit dans `registre.csv` et ne resservira jamais.
3. Enregistrer en « CSV UTF-8 » (virgule, point-virgule ou tabulation, peu importe).
4. `ess-lod check` : toutes les erreurs d'un coup, avec le fichier, la ligne et la colonne ; puis les remarques, qui n'empêchent rien. Celles que la version publiée avait déjà sont comptées ; `ess-lod check --all` les répète.
5. Avancer la `date` de `dataset.yaml`, puis `ess-lod publish`.

## Règles communes
- **Identifiant** : une lettre (S supplément, L lettre, T territoire, A acteur, P personne publique, C coopération, D dispositif, R document) et au moins trois chiffres, sans autre sens.
- **Plusieurs valeurs** dans une cellule se séparent par `|`.
- **Dates** : `AAAA-MM-JJ`, ou `JJ/MM/AAAA` comme un tableur français l'écrit ; là où c'est indiqué, `AAAA-MM` ou `AAAA` suffisent. Une période va de `debut` inclus à `fin` **exclue** : `fin` est le premier jour où ce n'est plus le cas.
- **Sources** : chaque ligne dit de quels documents elle vient ; le premier nomme le graphe où ses faits sont publiés.
- **Une adresse publiée reste.** On ne supprime pas la ligne d'une organisation qui cesse, fusionne ou change de nom : on change son `etat` et on dit ce qui est arrivé dans `changements.csv`.
  Un doublon ou un retrait se disent dans `registre.csv`. Ligne par ligne : « Quand une organisation change », plus bas.
- **Ce qui n'est pas imprimé se dit** : `mode` vaut `transcription` (imprimé), `inference` (déduit), `estimation`, `reconciliation` (pris dans un répertoire) ou `declaration` ;
  `confiance` vaut `certaine`, `probable`, `a-verifier` ou `inconnue`. Une case vide vaut mieux qu'une invention.
- **Aucune personne physique**. Seule exception : la `signature` imprimée d'un supplément, comme texte.
- Les termes des listes (`champ`, `statut`, `role`…) se consultent sous `/vocab/{liste}` ; le libellé d'un terme vaut le terme (« SCIC », « Alimentation et agriculture durable »).
- **Seuls les CSV de ce dossier sont lus.** Un classeur posé à côté (`acteurs.xlsx`) ne l'est pas : `ess-lod check` le rappelle.

- **Communes et EPCI** : toute la France est dans `insee/` (si le réseau a une région), avec les dates ; on n'y écrit pas à la main. `territoires.csv` n'ajoute que des noms, des descriptions et des sources à ces territoires
  (sous l'identifiant que leur donne `insee/identifiants.csv`, et que dit `ess-lod insee find NOM` : on peut y renvoyer sans leur donner de ligne), et contient ceux que l'Insee ne connaît pas : pays, PETR, quartiers.

## Quand une organisation change
Après chaque geste, `ess-lod check` : il nomme une à une les cellules qui restent à corriger.

| ce qui arrive | dans sa table (`acteurs.csv`, `personnes_publiques.csv`) | une ligne de `changements.csv` |
|---|---|---|
| **elle change de nom** | le nouveau dans `nom`, l'ancien dans `anciens_noms` | `renommage`, date, le même identifiant dans `avant` et `apres`, `ancien_nom`, `nouveau_nom`, sources |
| **deux fusionnent en une nouvelle** | la nouvelle a une ligne (`ess-lod mint acteur` donne son identifiant) ; les deux autres passent à l'`etat` `fusionne`, avec `dissolution` | `fusion`, date, les deux dans `avant` (séparées par `\\|`), la nouvelle dans `apres`, sources |
| **l'une est absorbée par l'autre** | celle qui disparaît passe à l'`etat` `fusionne`, avec `dissolution` | `absorption`, date, celle qui disparaît dans `avant`, celle qui demeure dans `apres`, sources |
| **elle cesse** | `etat` `cesse`, avec `dissolution` | `cessation`, date, elle dans `avant`, rien dans `apres`, sources |

Scission, reprise, changement de forme : les autres termes de la colonne `type` ont la même écriture. Une organisation qui n'a pas de ligne ici se nomme dans `autres_avant` ou `autres_apres`.

| ce que l'on découvre | dans `registre.csv` | ailleurs |
|---|---|---|
| **deux lignes pour la même** (doublon) | sur la ligne à abandonner : `etat` `doublon`, `remplace_par` l'identifiant conservé, `date` | supprimer sa ligne dans sa table ; partout où elle est citée, écrire l'identifiant conservé |
| **elle ne doit plus être publiée** (retrait) | `etat` `retire`, `date` ; la ligne reste, sans nommer personne | supprimer sa ligne dans sa table, et les lignes ou les cellules qui la citent |
"""


def write_dictionary(folder: Path) -> str:
    """The dictionary of a folder of tables as Markdown (French), with what its ``NOTES.md`` says of them."""
    notes = folder / NOTES
    said = [notes.read_text("utf-8")] if notes.is_file() else []
    return "\n".join([_INTRODUCTION, *said, "## Les fichiers", *(_section(table) for table in TABLES.values())])


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
    elif column.kind is Kind.CHOICE:
        value = f"{value} : {', '.join(column.target)}"
    if column.many:
        value += r", plusieurs par `\|`"
    return f"| `{column.name}` | {'obligatoire' if column.required else ''} | {value} | {column.about} |"
