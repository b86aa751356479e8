// Package joins has only tests: prom in one transaction with the job queue River and with queries of sqlc's form, and
// what the hooks of a pool cost. It is a module of its own, so that River is no dependency of prom.
package joins
