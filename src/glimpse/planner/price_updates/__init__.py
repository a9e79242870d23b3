"""`glimpse prices update`: from the rows of AWS's offer files to prices, checked against those that are held."""
