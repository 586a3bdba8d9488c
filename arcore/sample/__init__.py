"""The sample company: an invented firm whose books show everything arcore can show."""
