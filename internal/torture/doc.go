// Package torture holds tests alone: programs that use prom while they are killed, while their server stops and starts
// again, while the network fails and the disk is full. docs/reliability.md says what each does and when it passes; make
// torture and make race run them at full size.
package torture
