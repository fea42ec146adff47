// A client of golang.org/x/crypto/ssh: one JSON request a line on standard input, one JSON answer a line on standard output.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

type request struct {
	ID       int    `json:"id"`
	Port     int    `json:"port"`
	User     string `json:"user"`
	Login    string `json:"login"`
	Password string `json:"password"`
	Key      string `json:"key"`
	Cert     string `json:"cert"`
	Agent    string `json:"agent"`
	Action   string `json:"action"`
	Command  string `json:"command"`
	Input    string `json:"input"`
}

type answer struct {
	ID     int    `json:"id"`
	Status int    `json:"status"`
	Stdout []byte `json:"stdout"`
	Stderr []byte `json:"stderr"`
	Error  string `json:"error"`
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var asked request
		if err := json.Unmarshal(lines.Bytes(), &asked); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		reply := answer{ID: asked.ID, Status: -1}
		if err := serve(asked, &reply); err != nil {
			reply.Error = err.Error()
		}
		if err := out.Encode(reply); err != nil {
			os.Exit(1)
		}
	}
}

func serve(asked request, reply *answer) error {
	if asked.Action == "version" {
		reply.Status = 0
		return nil
	}
	client, err := dial(asked)
	if err != nil {
		return err
	}
	defer client.Close()
	return execute(client, asked, reply)
}

func dial(asked request) (*ssh.Client, error) {
	method, err := loginMethod(asked)
	if err != nil {
		return nil, err
	}
	all := ssh.SupportedAlgorithms()
	config := &ssh.ClientConfig{
		Config:            ssh.Config{KeyExchanges: all.KeyExchanges, Ciphers: all.Ciphers, MACs: all.MACs},
		User:              asked.User,
		Auth:              []ssh.AuthMethod{method},
		HostKeyCallback:   ssh.InsecureIgnoreHostKey(),
		HostKeyAlgorithms: all.HostKeys,
	}
	return ssh.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", asked.Port), config)
}

func loginMethod(asked request) (ssh.AuthMethod, error) {
	switch asked.Login {
	case "password":
		return ssh.Password(asked.Password), nil
	case "interactive":
		return ssh.KeyboardInteractive(func(_, _ string, questions []string, _ []bool) ([]string, error) {
			answers := make([]string, len(questions))
			for i := range answers {
				answers[i] = asked.Password
			}
			return answers, nil
		}), nil
	case "agent":
		connection, err := net.Dial("unix", asked.Agent)
		if err != nil {
			return nil, err
		}
		return ssh.PublicKeysCallback(agent.NewClient(connection).Signers), nil
	}
	signer, err := keySigner(asked)
	return ssh.PublicKeys(signer), err
}

func keySigner(asked request) (ssh.Signer, error) {
	file, err := os.ReadFile(asked.Key)
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(file)
	if err != nil || asked.Cert == "" {
		return signer, err
	}
	line, err := os.ReadFile(asked.Cert)
	if err != nil {
		return nil, err
	}
	parsed, _, _, _, err := ssh.ParseAuthorizedKey(line)
	if err != nil {
		return nil, err
	}
	certificate, isCertificate := parsed.(*ssh.Certificate)
	if !isCertificate {
		return nil, errors.New("no certificate in " + asked.Cert)
	}
	return ssh.NewCertSigner(certificate, signer)
}

func execute(client *ssh.Client, asked request, reply *answer) error {
	session, err := client.NewSession()
	if err != nil {
		return err
	}
	defer session.Close()
	var stdout, stderr bytes.Buffer
	session.Stdout, session.Stderr = &stdout, &stderr
	if asked.Input != "" {
		file, err := os.Open(asked.Input)
		if err != nil {
			return err
		}
		defer file.Close()
		session.Stdin = file
	}
	err = session.Run(asked.Command)
	reply.Stdout, reply.Stderr = stdout.Bytes(), stderr.Bytes()
	var exit *ssh.ExitError
	if errors.As(err, &exit) {
		reply.Status = exit.ExitStatus()
		return nil
	}
	if err == nil {
		reply.Status = 0
	}
	return err
}
