"""How fast liveness is told while residents upload what is made to cost much."""
