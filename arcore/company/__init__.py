"""Our own company: its settings, its targets, its exchange rates, and what day it is there."""
