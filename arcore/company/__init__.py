"""Our own company: its settings, its exchange rates, and what day it is there."""
