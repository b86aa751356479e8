//go:build !linux

package main

func pin(*postgresServer) (Fact, func(), error) {
	return Fact{"Processors", "shared by client and server"}, func() {}, nil
}
