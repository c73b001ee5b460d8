"""Grade on submit: a hub's service that grades what arrives in the exchange."""
