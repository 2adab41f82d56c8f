"""Step 2, sign-in: from "who are you" to a session, with proof from a provider in between."""
