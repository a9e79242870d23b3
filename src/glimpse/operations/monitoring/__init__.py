"""What a deployed stack costs and how it fares, beside its plan: values and functions."""
