// Package sqltext reads SQL that a program wrote: where its quoted texts and comments begin and end, where its
// arguments stand, and whether everything that it opens is closed, so that a piece of SQL stays one piece inside a
// statement.
//
// It reads what PostgreSQL and SQLite both take, and refuses what one of them would end elsewhere than the other, such
// as a comment in a comment. That a whole statement is one is for the engines to say, who know their own language; a
// reader of SQL is no defence there.
package sqltext
