# An SMSC on Net::SMPP: the last two digits of the destination choose the answer. Ids are hexadecimal in
# answers and decimal in receipts, and a receipt for ..05 comes before the answer.
use strict;
use warnings;
use Net::SMPP;

my $port = shift or die "port";
my $listener = Net::SMPP->new_listen('127.0.0.1', port => $port, smpp_version => 0x34, async => 1) or die "listen: $!";
$| = 1;
print "listening\n";
my %refusal = ('14' => 0x14, '58' => 0x58, '11' => 0x0b, '45' => 0x45);
my %state = ('61' => ['UNDELIV', 5], '62' => ['EXPIRED', 3], '63' => ['REJECTD', 8]);
my $id = 0x0a0b0c00;
while (my $link = $listener->accept) {
    # Not inherited from the listener.
    ${*$link}{async} = 1;
    while (my $pdu = $link->read_pdu) {
        if ($pdu->{cmd} == Net::SMPP::CMD_bind_transceiver) {
            print "bind $pdu->{system_id}\n";
            $link->bind_transceiver_resp(system_id => 'netsmpp', seq => $pdu->{seq}, status => 0);
        } elsif ($pdu->{cmd} == Net::SMPP::CMD_submit_sm) {
            my ($last) = $pdu->{destination_addr} =~ /(\d\d)$/;
            my $status = $refusal{$last} || 0;
            $id++;
            print "submit dcs=$pdu->{data_coding} esm=$pdu->{esm_class} hex=" . unpack('H*', $pdu->{short_message}) . "\n";
            receipt($link, $pdu, $last) if $last eq '05';
            $link->submit_sm_resp(message_id => $status ? '' : sprintf('%X', $id), seq => $pdu->{seq}, status => $status);
            receipt($link, $pdu, $last) if !$status && $last ne '05' && $pdu->{registered_delivery};
        } elsif ($pdu->{cmd} == Net::SMPP::CMD_enquire_link) {
            $link->enquire_link_resp(seq => $pdu->{seq}, status => 0);
        } elsif ($pdu->{cmd} == Net::SMPP::CMD_unbind) {
            $link->unbind_resp(seq => $pdu->{seq}, status => 0);
            last;
        }
    }
}

sub receipt {
    my ($link, $pdu, $last) = @_;
    my ($stat, $number) = @{ $state{$last} || ['DELIVRD', 2] };
    my $err = $number == 2 ? '000' : '027';
    $link->deliver_sm(
        source_addr         => $pdu->{destination_addr},
        destination_addr    => $pdu->{source_addr},
        esm_class           => 4,
        short_message       => sprintf('id:%010d sub:001 dlvrd:001 stat:%s err:%s text:', $id, $stat, $err),
    );
}
