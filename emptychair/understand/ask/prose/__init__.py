"""An answer in prose by a model of somebody's choice, told only data, and checked against them."""
