"""Events (Numérique en Commun): call for proposals, programme, registration, check-in without a network, feedback, takeaways."""
