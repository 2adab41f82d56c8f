"""What someone has done for a work, in the codes of the Library of Congress (MARC relators) and their words."""

from api.tables import Contribution

RELATORS = {
    Contribution.AUTHOR: ("aut", "author"),
    Contribution.EDITOR: ("edt", "editor"),
    Contribution.TRANSLATOR: ("trl", "translator"),
    Contribution.INTRODUCTION: ("win", "writer of introduction"),
    Contribution.FOREWORD: ("wfw", "writer of foreword"),
    Contribution.AFTERWORD: ("aft", "author of afterword"),
    Contribution.ILLUSTRATOR: ("ill", "illustrator"),
    Contribution.COMPILER: ("com", "compiler"),
    Contribution.SERIES_EDITOR: ("edt", "series editor"),
    Contribution.CONTRIBUTOR: ("ctb", "contributor"),
    Contribution.CONTACT: ("ctb", "contact"),
}
