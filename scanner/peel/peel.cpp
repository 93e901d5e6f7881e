#include "scanner/peel/peel.h"
