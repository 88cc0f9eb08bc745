// SPDX-License-Identifier: LGPL-2.1-or-later
// What firmware says of a Thunderbolt or USB4 port: the first of the machine's free PCIe slots (rp1) leads outside.
DefinitionBlock ("", "SSDT", 2, "BAOMI", "OUTSIDE", 1)
{
    External (\_SB.PCI0.S28, DeviceObj)
    Scope (\_SB.PCI0.S28)
    {
        Name (_DSD, Package ()
        {
            ToUUID ("efcc06cc-73ac-4bc3-bff0-76143807c389"),
            Package () { Package () { "ExternalFacingPort", One }, Package () { "UID", Zero } }
        })
    }
}
