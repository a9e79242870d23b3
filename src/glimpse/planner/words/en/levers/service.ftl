### The move to Glimpse in words.

lever_glimpse_service = Glimpse instead of the NestJS service
how_glimpse_service = Deploy Glimpse's image in the task definition, move the app to the client package (clients/typescript) and its files to docs/how-to/direct-uploads.md, and copy users, conversations and messages into Glimpse's tables; then state [service] runs = "glimpse" in glimpse.toml
loses_glimpse_service = a migration to another service
risk_glimpse_service = a migration: no tool copies the data yet, every app must be updated, and what the team added to its own service has to be written again. One task of Glimpse carries more users, so fewer tasks run and a failed one affects more users
promise_own_service = the team's own service
