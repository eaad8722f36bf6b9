#!/usr/bin/perl
# An SMSC for tests by Net::SMPP, of another origin than npm's. It answers ids in hexadecimal and writes receipts
# with decimal ones, as many SMSCs do. One connection at a time; what happened goes out as lines of text.
use strict;
use warnings;
use Net::SMPP;
$| = 1;

my $password = shift // "secret";
my $smsc = Net::SMPP->new_listen("127.0.0.1", port => 0) or die "cannot listen: $!";
print "listening ", $smsc->sockport, "\n";
my $number = 59_113_977;

while (my $session = $smsc->accept) {
    print "connected\n";
    while (my $pdu = $session->read_pdu) {
        my $command = $pdu->{cmd};
        if ($command == Net::SMPP::CMD_bind_transceiver || $command == Net::SMPP::CMD_bind_transmitter) {
            my $status = $pdu->{password} eq $password ? 0 : 0x0e;
            my %answer = (seq => $pdu->{seq}, status => $status, system_id => "perl");
            $command == Net::SMPP::CMD_bind_transceiver
                ? $session->bind_transceiver_resp(%answer) : $session->bind_transmitter_resp(%answer);
            print "bound ", $pdu->{system_id}, "\n";
        }
        elsif ($command == Net::SMPP::CMD_enquire_link) {
            $session->enquire_link_resp(seq => $pdu->{seq});
        }
        elsif ($command == Net::SMPP::CMD_unbind) {
            $session->unbind_resp(seq => $pdu->{seq});
            print "unbound\n";
            last;
        }
        elsif ($command == Net::SMPP::CMD_submit_sm) {
            $number++;
            my $text = $pdu->{short_message};
            print "submit ", join(" ", $pdu->{destination_addr}, $pdu->{data_coding}, unpack("H*", $text)), "\n";
            $session->submit_sm_resp(seq => $pdu->{seq}, message_id => sprintf("%X", $number));
            my $words = sprintf("id:%010d sub:001 dlvrd:001 submit date:2611221200 done date:261122120130 stat:DELIVRD err:000 Text:%s",
                $number, "");
            $session->deliver_sm(async => 1, source_addr => $pdu->{destination_addr}, destination_addr => $pdu->{source_addr},
                esm_class => 0x04, short_message => $words);
            if ($text =~ /^echo /) {
                $session->deliver_sm(async => 1, source_addr_ton => 1, source_addr_npi => 1, source_addr => $pdu->{destination_addr},
                    destination_addr => $pdu->{source_addr}, short_message => substr($text, 5));
            }
        }
        elsif ($command == Net::SMPP::CMD_deliver_sm_resp) {
            print "answered ", $pdu->{status}, "\n";
        }
    }
    print "closed\n";
    $session->close;
}
