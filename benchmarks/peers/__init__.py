"""How the peers are asked, each in its own words; every file can be read and bettered alone."""
