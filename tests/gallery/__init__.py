"""Pictures of every page: what there is to see, a portal that shows all of it, and a look at how it is laid out."""
