// Package histories has programs use prom from many goroutines and processes at once, writes down what each call was
// asked and what it answered, and has checkers look for an order that explains all answers: porcupine for single rows
// ([linearizability]), package elle for transactions.
//
// It is a module of its own, so that what checks is no dependency of prom.
//
// [linearizability]: https://en.wikipedia.org/wiki/Linearizability
package histories
