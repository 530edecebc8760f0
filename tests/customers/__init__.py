"""Outside customers: register, grades, requirements, complaints, scorecards."""
