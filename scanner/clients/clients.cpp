#include "scanner/clients/clients.h"
