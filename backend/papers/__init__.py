"""Papers 文书: what the administration gives in writing on a case, and anybody can check."""
