"""Files on their way from an editor's browser to the staging: in parts, or whole from a plain form."""
