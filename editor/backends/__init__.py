"""Where runs happen: on this computer (`local`, followed through `local_client`) and on a KFP server (`server`)."""
