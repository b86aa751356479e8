// Package walk checks the models that promgen has written for a database against that database: it reads every table
// and compares the values, writes and deletes a row of each in a transaction that rolls back, follows every relation,
// and compares the schema before and after. What it compares with is read by SQL of its own.
//
// It is the part of make fit that is compiled together with the models; see package fit.
package walk
