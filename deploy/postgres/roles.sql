-- Run once, by the image of PostgreSQL, when the folder of its data is empty; the database exists by then.
--
-- Three roles. `postgres` is the superuser, for people. `allowance_owner` owns the tables: migrations and `restore` use it.
-- `allowance` is the service's: it reads and writes rows, and owns nothing. So it cannot drop the trigger that keeps audit
-- events from being changed, empty a table, or make one.

\set owner_password `cat /run/secrets/postgres_owner_password`
\set service_password `cat /run/secrets/postgres_service_password`

CREATE ROLE allowance_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE allowance LOGIN PASSWORD :'service_password';

REVOKE ALL ON DATABASE allowance FROM PUBLIC;
GRANT CONNECT ON DATABASE allowance TO allowance, allowance_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO allowance_owner;
GRANT USAGE ON SCHEMA public TO allowance;

ALTER DEFAULT PRIVILEGES FOR ROLE allowance_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO allowance;
ALTER DEFAULT PRIVILEGES FOR ROLE allowance_owner IN SCHEMA public
    GRANT USAGE, SELECT ON SEQUENCES TO allowance;
