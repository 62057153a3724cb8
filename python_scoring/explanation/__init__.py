"""Why a score is what it is: contributions, sentences, and what changed between two days."""
